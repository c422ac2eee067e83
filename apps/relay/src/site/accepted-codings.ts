// Which content codings a client takes, from its Accept-Encoding header (RFC 9110, section 12.5.3).

/** Content codings of served files, those that save most first. */
export const CODINGS = ['br', 'gzip', 'identity'] as const;
export type Coding = (typeof CODINGS)[number];

/** Longer headers aren't parsed: browsers send about 30 characters. */
const MAX_HEADER_LENGTH = 1000;
/** Below the lowest quality that a header can state, 0.001: identity is acceptable unless it is excluded. */
const UNSTATED_IDENTITY = 0.0005;
const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * The acceptable codings, best first: by quality, equal ones in the order of `CODINGS`. Empty where the header excludes all.
 * @param header `undefined` where there is none: then identity alone, since nothing says that the client can decode
 */
export function acceptedCodings(header: string | undefined): Coding[] {
  if (header === undefined || header.length > MAX_HEADER_LENGTH) return ['identity'];
  const qualities = new Map<string, number>();
  for (const element of header.split(',')) {
    const [name = '', ...parameters] = element.split(';').map((part) => part.trim().toLowerCase());
    const quality = qualityIn(parameters);
    if (quality === null) continue;
    const coding = name === 'x-gzip' ? 'gzip' : name;
    // Stated twice, the more careful reading holds.
    qualities.set(coding, Math.min(quality, qualities.get(coding) ?? 1));
  }
  const qualityOf = (coding: Coding) =>
    qualities.get(coding) ?? qualities.get('*') ?? (coding === 'identity' ? UNSTATED_IDENTITY : 0);
  return CODINGS.filter((coding) => qualityOf(coding) > 0).sort((a, b) => qualityOf(b) - qualityOf(a));
}

/** 1 where none is stated; null for a malformed one, whose element is ignored. */
function qualityIn(parameters: readonly string[]): number | null {
  const stated = parameters.find((parameter) => /^q\s*=/.test(parameter));
  if (stated === undefined) return 1;
  const value = stated.slice(stated.indexOf('=') + 1).trim();
  return QUALITY.test(value) ? Number(value) : null;
}
