// The library's receiving end for the classic wire: the format of the Python tool p2p-copy 0.1.1.
import { ANY_RECEIVER } from '@p2p-copy/core';
import { receiveClassic as receiveEntries } from '@p2p-copy/core/classic';
import type {
  LeftOut,
  Offer,
  OverwritePolicy,
  ReceiveResult,
  RiskyPolicy,
  TransferEvent,
} from '../public-types.ts';
import { Review } from '../review-offer.ts';
import { createClassicPorts } from './classic-ports.ts';

/** Where to receive from and into, in the format of the Python tool. */
export interface ClassicReceiveOptions {
  /** ws(s) or http(s) URL of the relay; a path in it is kept. */
  server: string;
  /** What both sides agreed on. */
  code: string;
  /** Folder to receive into; made when it is missing. Default: the current folder. */
  out?: string;
  /** Both sides must say the same. Default false, as in the Python tool. */
  encrypt?: boolean;
  /** What becomes of files whose name is taken. Default `always`, as in the Python tool: they are replaced. */
  overwrite?: OverwritePolicy;
  /**
   * Whether a sender that resumes is told the size and a digest of each file, and each part, that lies under an offered name, so that
   * it sends only what is missing. By that a hostile one reads content that it can guess: for senders that you trust, or a
   * folder that holds nothing else. Default: no, and everything is sent.
   */
  continue?: boolean;
  /** Whether the offer is wanted. Default: yes. Refusing drops the connection: classic has no word for it. */
  accept?(offer: Offer): boolean | Promise<boolean>;
  /** What becomes of files that some system obeys where they land, such as `.bashrc`. Default `leave-out`. */
  risky?: RiskyPolicy;
  /** A file of certificates (PEM) to trust besides the system's, for a relay with one of its own. */
  caFile?: string;
  /** Aborting drops the connection and rejects with `interrupted`. Parts stay where they are. */
  signal?: AbortSignal;
  /** Called in order, and never after the promise has settled. Must not throw. */
  onEvent?(event: TransferEvent): void;
}

/** As `receiveClassic` of index.ts. */
export async function receiveClassic(options: ClassicReceiveOptions): Promise<ReceiveResult> {
  const { server, code, out, encrypt = false, overwrite = 'always', caFile, onEvent = () => {} } = options;
  const { risky = 'leave-out' } = options;
  const accept = options.accept?.bind(options);
  const onLeftOut = (leftOut: LeftOut) => onEvent({ type: 'left-out', ...leftOut });
  const review = new Review({ out, overwrite, compares: false, readsBack: false, accept, risky, onLeftOut });
  await review.prepare();
  const ports = await createClassicPorts({ encrypt, caFile });
  try {
    const result = await receiveEntries(ports, {
      relayUrl: server,
      code,
      encrypt,
      nameRules: ANY_RECEIVER,
      tellsExisting: options.continue ?? false,
      review: (manifest, withdrawn) => review.decide(manifest, withdrawn),
      signal: options.signal ?? new AbortController().signal,
      onEvent: (event) => {
        if (event.type !== 'code') onEvent(event);
      },
    });
    return { ...result, text: null, ...review.outcome() };
  } catch (error) {
    throw review.refusal ?? error;
  }
}
