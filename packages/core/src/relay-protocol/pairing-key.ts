// The two forms of a pairing key. docs/PROTOCOL.md section 4.

/** Whether `key` is a nameplate: 1 to 9 decimal digits, no leading zero. */
export function isNameplate(key: string): boolean {
  return /^[1-9][0-9]{0,8}$/.test(key);
}

/** Whether `key` is an opaque key: base64url of 32 bytes. */
export function isOpaqueKey(key: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(key);
}
