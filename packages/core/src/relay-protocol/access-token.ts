// The token that a relay with restricted access asks of a sender, as the two ends and the relay write it.
// docs/PROTOCOL.md section 4.

/** What each token begins with, so that a person and a secret scanner can tell what it is. */
export const ACCESS_TOKEN_PREFIX = 'p2pcopy_';
/** Bytes of a token that name its row in the relay's file; no secret. */
export const ACCESS_TOKEN_ID_BYTES = 8;
/** Random bytes of a token that only its holder has. */
export const ACCESS_TOKEN_SECRET_BYTES = 32;

/** Base64url of the 8 and of the 32 bytes. */
const FORM = new RegExp(`^${ACCESS_TOKEN_PREFIX}([A-Za-z0-9_-]{11})([A-Za-z0-9_-]{43})$`);

/** The two parts of an access token, in base64url; null when `text` isn't one. */
export function parseAccessToken(text: string): { id: string; secret: string } | null {
  const [, id, secret] = FORM.exec(text) ?? [];
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** What a sender shows to be admitted by a relay whose access is restricted. A relay that is open ignores both. */
export interface AccessProof {
  /** Access token, as its operator gave it to the person. */
  accessToken: string | null;
  /** What the relay said in `ready` of an earlier connection of the same transfer. */
  pass: string | null;
}

/** Of an end that shows nothing. */
export const NO_PROOF: AccessProof = { accessToken: null, pass: null };

/** Longest text in either field, in characters. */
export const MAX_PROOF_LENGTH = 256;

/** Parses both fields of a first message; null when one of them is no text, or longer than it may be. */
export function parseAccessProof(fields: Record<string, unknown>): AccessProof | null {
  const { accessToken = null, pass = null } = fields;
  return isShortText(accessToken) && isShortText(pass) ? { accessToken, pass } : null;
}

function isShortText(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && value.length <= MAX_PROOF_LENGTH);
}
