// The library's sending end for the classic wire: the format of the Python tool p2p-copy 0.1.1.
import { sendClassic as sendEntries } from '@p2p-copy/core/classic';
import { lookUpPaths } from '../../node/sources/named-paths.ts';
import { scanPaths } from '../../node/sources/scan-paths.ts';
import { counted } from '../../wording/amounts.ts';
import type { TransferEvent, Unsendable } from '../public-types.ts';
import { createClassicPorts } from './classic-ports.ts';

/** What to send and where, in the format of the Python tool. */
export interface ClassicSendOptions {
  /** ws(s) or http(s) URL of the relay; a path in it is kept. */
  server: string;
  /** What both sides agreed on. Whoever runs the relay can try codes, so a long random one is best. */
  code: string;
  /** Files and folders; a folder arrives under its own name. Empty folders, times and modes aren't carried. */
  paths: readonly string[];
  /** Both sides must say the same. Default false, as in the Python tool. */
  encrypt?: boolean;
  /** `auto` (the default) compresses a file when its first chunk gets smaller. */
  compress?: 'auto' | 'on' | 'off';
  /** Sends only what the receiver doesn't have yet. Default false. */
  resume?: boolean;
  /** A file of certificates (PEM) to trust besides the system's, for a relay with one of its own. */
  caFile?: string;
  /** Aborting drops the connection and rejects with `interrupted`. */
  signal?: AbortSignal;
  /** Called in order, and never after the promise has settled. Must not throw. */
  onEvent?(event: TransferEvent): void;
  /** What is left out of a folder and has no content of its own: how many symbolic links, which the format doesn't know. */
  onWarning?(warning: string): void;
}

/** How it ended. The format has no confirmation: nothing says that the other side has written anything. */
export interface ClassicSendResult {
  files: number;
  bytes: number;
  confirmed: false;
  /** What couldn't be offered; absent when all could. */
  unsendable?: Unsendable;
}

/** As `sendClassic` of index.ts. */
export async function sendClassic(options: ClassicSendOptions): Promise<ClassicSendResult> {
  const { server, code, paths, encrypt = false, compress = 'auto', resume = false, caFile } = options;
  const { onEvent = () => {}, onWarning = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  const ports = await createClassicPorts({ encrypt, caFile });
  const entries = scanPaths(await lookUpPaths(paths), { onWarning, signal }).then((found) => {
    const links = found.filter(({ kind, unsendable }) => kind === 'link' && unsendable === undefined).length;
    if (links > 0)
      onWarning(
        `${counted(links, 'symbolic link')} ${links === 1 ? 'is' : 'are'} left out: this format knows none. What they lead to is sent once, under its own name.`,
      );
    return found;
  });
  entries.catch(() => {});
  let unsendable: Unsendable | null = null;
  const { files, bytes } = await sendEntries(ports, {
    relayUrl: server,
    code,
    encrypt,
    compress,
    resume,
    entries,
    signal,
    // Classic gives none with a code.
    onEvent: (event) => {
      if (event.type === 'unsendable') unsendable = { count: event.count, entries: event.entries };
      if (event.type !== 'code') onEvent(event);
    },
  });
  return { files, bytes, confirmed: false, ...(unsendable !== null && { unsendable }) };
}
