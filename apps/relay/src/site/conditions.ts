// Conditional requests for a representation with a strong ETag (RFC 9110, section 13). The static server would judge them by dates,
// which installing, copying and reproducible builds make equal for different contents.
import type { IncomingHttpHeaders } from 'node:http';

/** The answer that the conditions ask for: 304 where the client has it, 412 where it wants another, null to send it. */
export function statusByConditions(headers: IncomingHttpHeaders, etag: string): 304 | 412 | null {
  const wanted = headers['if-match'];
  if (wanted !== undefined && !names(wanted, etag, false)) return 412;
  const known = headers['if-none-match'];
  return known !== undefined && names(known, etag, true) ? 304 : null;
}

/** Takes out of the headers all that has been judged here: a range of another representation, and conditions. */
export function leaveRangeOnly(headers: IncomingHttpHeaders, etag: string): void {
  const ofOther = headers['if-range'] !== undefined && headers['if-range'] !== etag;
  for (const name of JUDGED) delete headers[name];
  if (ofOther) delete headers.range;
}

const JUDGED = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range'];

/** @param isWeak whether a tag that a proxy has weakened counts too */
function names(list: string, etag: string, isWeak: boolean): boolean {
  const tags = list.split(',').map((tag) => tag.trim());
  return tags.some((tag) => tag === '*' || tag === etag || (isWeak && tag === `W/${etag}`));
}
