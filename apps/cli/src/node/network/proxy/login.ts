// A user name and a password: from a URL, and into a header.

/** Value of the headers Authorization and Proxy-Authorization (RFC 7617). */
export function basicValue(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}

/** A user name or password of a URL. A percent sign that encodes nothing stands for itself. */
export function decodedLogin(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
