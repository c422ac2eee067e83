// Why a WebSocket wasn't opened, where its server says that pages of this address may not: a browser tells a page neither
// the status nor the text of such a refusal. docs/PROTOCOL.md section 4.
import { TransferError } from '@p2p-copy/core';

const CHECK_PATH = '/origin-check';
const PATIENCE_MS = 5_000;

/**
 * Passes on what `dialling` gives.
 * @throws TransferError as it, or `origin-refused` in place of its `relay-unreachable`
 */
export async function orOriginRefused<Socket>(
  dialling: Promise<Socket>,
  relayUrl: string,
  signal: AbortSignal,
): Promise<Socket> {
  try {
    return await dialling;
  } catch (error) {
    if (!(error instanceof TransferError && error.code === 'relay-unreachable')) throw error;
    if (!(await isRefused(relayUrl, signal))) throw error;
    throw new TransferError('origin-refused', undefined, { cause: error });
  }
}

async function isRefused(relayUrl: string, signal: AbortSignal): Promise<boolean> {
  const { origin } = globalThis.location ?? {};
  const url = new URL(relayUrl);
  // Of another origin the answer couldn't be read.
  if (signal.aborted || url.origin !== origin) return false;
  url.pathname = url.pathname.replace(/\/+$/, '') + CHECK_PATH;
  url.search = `?${new URLSearchParams({ origin })}`;
  const giveUp = new AbortController();
  const stop = () => giveUp.abort();
  const timer = setTimeout(stop, PATIENCE_MS);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = await fetch(url, { signal: giveUp.signal, cache: 'no-store' });
    return answer.ok && ((await answer.json()) as { allowed?: unknown } | null)?.allowed === false;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
