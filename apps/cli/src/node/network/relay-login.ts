// The user name and password in a relay's address, which a proxy in front of it may ask for: sent to that address only, and
// never shown.
import { basicValue, decodedLogin } from './proxy/login.ts';

/** Value of the Authorization header (RFC 7617) for an address with a user name or password; null for one without. */
export function basicAuthorization(address: string): string | null {
  const { username, password } = new URL(address);
  if (username === '' && password === '') return null;
  return basicValue(decodedLogin(username), decodedLogin(password));
}

/** The address as it may be shown: without user name and password. What is no URL loses all before its last `@`. */
export function withoutLogin(address: string): string {
  const isUrl = /^(https?|wss?):\/\//i.test(address) && URL.canParse(address);
  return address.replace(
    isUrl ? /^([a-z][a-z0-9+.-]*:\/\/)?[^/?#]*@/i : /^([a-z][a-z0-9+.-]*:\/\/)?.*@/is,
    '$1',
  );
}
