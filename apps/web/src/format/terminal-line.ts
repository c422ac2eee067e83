// What to type in a terminal that has the command line, for whoever can't use this page.

/**
 * @param address of the page, which is that of its relay
 * @param code null where it isn't known: the command asks for it
 */
export function terminalLine(address: string, code: string | null): string {
  const relay = address.replace(/\/$/, '');
  return `p2p-copy receive ${code === null ? '' : `${quoted(code)} `}--relay ${quoted(relay)}`;
}

/** For a shell, where a code or an address may mean more than its letters. */
function quoted(text: string): string {
  return /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
