// What a site itself says it consists of: its list of files, and what its page loads. Not believed, only looked for.

/** Stands for a script without an address. */
export const INLINE_SCRIPT = 'inline script';
const MAX_NAMED = 500;
const MAX_NAME_LENGTH = 500;

/** Paths in a site's integrity.json; none when it is no such list. */
export function listedFiles(text: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof list !== 'object' || list === null || Array.isArray(list)) return [];
  return Object.keys(list).filter(isOfSensibleLength).slice(0, MAX_NAMED);
}

/** What the tags of a page load, as it is written there, and INLINE_SCRIPT. */
export function loadedByPage(html: string): string[] {
  const named: string[] = [];
  for (const [, tag = '', attributes = ''] of html.matchAll(/<([a-z][a-z0-9-]*)\b([^>]*)>/gi)) {
    if (!/^(script|link|iframe|frame|object|embed|img|audio|video|source|base|form)$/i.test(tag)) continue;
    const addresses = [
      ...attributes.matchAll(
        /(?:^|[\s"'/])(?:src|href|data|action)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi,
      ),
    ].map(([, double, single, bare]) => double ?? single ?? bare ?? '');
    if (addresses.length === 0 && /^script$/i.test(tag)) named.push(INLINE_SCRIPT);
    named.push(...addresses);
  }
  return [...new Set(named)].filter(isOfSensibleLength).slice(0, MAX_NAMED);
}

function isOfSensibleLength(name: string): boolean {
  return name !== '' && name.length <= MAX_NAME_LENGTH;
}
