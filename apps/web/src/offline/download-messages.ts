// What a streamed download takes: the page has the service worker open it and the browser fetch it; the engine then gives
// the bytes to the service worker over a port of its own. Bytes are not asked for faster than the browser takes them.

/** To the service worker, from the page. The last two have no answer, the others a port for it. */
export type DownloadRequest =
  /** Whether there is a service worker, and one that knows downloads: `true`. */
  | { type: 'can-download' }
  /** With a second port, for the bytes. Answered with the address where the browser may fetch it, once. */
  | { type: 'open-download'; id: string; name: string; sizeBytes: number | null }
  /** Answered with `true` when the browser has fetched it. */
  | { type: 'await-download'; id: string }
  /** Its tab is still there. */
  | { type: 'keep-download'; id: string }
  /** Its tab goes. */
  | { type: 'fail-download'; id: string };

/** From the engine. */
export type DownloadCommand = { type: 'bytes'; bytes: Uint8Array } | { type: 'end' } | { type: 'fail' };

/** To the engine. */
export type DownloadReport =
  /** One more piece is wanted. */
  | { type: 'pull' }
  /** The person has stopped it, or the browser can't write it. */
  | { type: 'cancelled' };
