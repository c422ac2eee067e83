// What to type in a terminal for whoever has nothing installed but Node: the command line comes from the relay itself.

/** What a relay serves to a terminal at the other device. */
export interface Served {
  /** SHA-256 in hex of the certificate, where nobody vouches for it. */
  readonly fingerprint: string | null;
  /** SHA-256 in hex of the command line that the relay serves; null where it serves none. */
  readonly command: string | null;
}

/**
 * The line that receives; of an installed `p2p-copy` where the relay serves no command line.
 * @param address http(s) URL of the relay, without user name and password
 * @param code null where it isn't known: the command asks for it
 */
export function terminalLine(address: string, code: string | null, { fingerprint, command }: Served): string {
  const relay = address.replace(/\/$/, '');
  const isPinned = fingerprint !== null && relay.startsWith('https:');
  const pin = isPinned ? ` --relay-fingerprint ${fingerprint}` : '';
  const receive = `receive ${code === null ? '' : `${quoted(code)} `}--relay ${quoted(relay)}${pin}`;
  if (command === null) return `p2p-copy ${receive}`;
  const check = isPinned ? ` && echo '${command}  p2p-copy.mjs' | sha256sum -c` : '';
  const fetched = `curl -fsS${isPinned ? 'k' : ''} ${quoted(`${relay}/cli.mjs`)} -o p2p-copy.mjs`;
  return `${fetched}${check} && node p2p-copy.mjs ${receive}`;
}

/** For a shell, where a code or an address may mean more than its letters. */
function quoted(text: string): string {
  return /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
