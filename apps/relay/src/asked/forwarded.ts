// Reads the Forwarded header (RFC 7239, section 4): elements with commas between them, one of each proxy.
import type { IncomingHttpHeaders } from 'node:http';

/** The X-Forwarded-For header, all of its lines joined by commas. */
export function forwardedFor(headers: IncomingHttpHeaders): string {
  return String(headers['x-forwarded-for'] ?? '');
}

/** What one proxy says; names are compared without case. */
export interface ForwardedElement {
  host?: string;
  proto?: string;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
/** Some proxies don't quote the colons of addresses and ports. */
const UNQUOTED = /[^\s,;"]*/y;
const SPACE = /[ \t]*/y;

/** The elements in order; none at all when one can't be read. */
export function forwardedElements(header: string): ForwardedElement[] {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const elements: ForwardedElement[] = [{}];
  for (;;) {
    take(SPACE);
    const name = take(TOKEN)?.[0].toLowerCase();
    if (name !== undefined) {
      if (header[at++] !== '=') return [];
      const quoted = take(QUOTED);
      const value = quoted === null ? take(UNQUOTED)![0] : quoted[1]!.replace(/\\(.)/g, '$1');
      if (name === 'host' || name === 'proto') elements.at(-1)![name] = value;
      take(SPACE);
    }
    if (at >= header.length) return elements;
    const separator = header[at++];
    if (separator === ',') elements.push({});
    else if (separator !== ';') return [];
  }
}
