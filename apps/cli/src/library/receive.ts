// The library's receiving end: the platform's ports, the review of an offer by this side's own policy, and the sink.
import { mkdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { type Manifest, type ReviewAnswer, receiveFiles, TransferError } from '@p2p-copy/core';
import { sinkError } from '../node/disk-error.ts';
import { createFolderSink } from '../node/folder-sink.ts';
import { expectSpace, freeBytesIn } from '../node/free-space.ts';
import { nameRulesOf } from '../node/name-rules.ts';
import { nodePorts } from '../node/node-ports.ts';
import { expectWritableFolder, nearestFolder } from '../node/output-folder.ts';
import { type DecideOverwrite, type OverwritePlan, planOverwrites } from '../node/plan-overwrites.ts';
import { createWritableSink } from '../node/writable-sink.ts';
import { counted } from '../wording/amounts.ts';
import type {
  Conflict,
  ErrorCode,
  Offer,
  OverwriteAction,
  ReceiveResult,
  TransferEvent,
} from './public-types.ts';
import { DEFAULT_RELAY, relayOfLink } from './relay-address.ts';

export interface ReceiveOptions {
  /** The code as typed or pasted, or the link that carries it. */
  code: string;
  /** http(s) or ws(s) URL of the relay. Default: the one in the link, else `http://localhost:8765`. */
  relay?: string;
  /** Folder to receive into; made when it is missing. Default: the current folder. */
  out?: string;
  /** A stream instead of a folder, for a single file. It is not ended. A message goes to `onText` all the same. */
  to?: Writable;
  /** What becomes of files whose name is taken: one word for all, or asked for each. Default `rename`. */
  overwrite?:
    | 'skip'
    | 'rename'
    | 'always'
    | ((conflict: Conflict) => OverwriteAction | Promise<OverwriteAction>);
  /** Whether the offer is wanted. Default: yes. What it throws is what `receive` rejects with. */
  accept?(offer: Offer): boolean | Promise<boolean>;
  /** A message from the other side, verified. Escape it before printing it. */
  onText?(text: string): void;
  /** Parallel connections for data, at most. */
  lanes?: number;
  /** Aborting tells the other side and rejects with `interrupted`. Parts stay where they are. */
  signal?: AbortSignal;
  /** Called in order, and never after the promise has settled. Must not throw. */
  onEvent?(event: TransferEvent): void;
}

/**
 * Receives what the sender of a code offers.
 *
 * Resolves when every file is verified and durable under its final name, or is in `failed`. Nothing stands under a
 * final name before it is verified; `to` gets bytes as they come, so there only a resolved promise says that they are
 * complete.
 *
 * Errors: rejects with a TransferError. `sink-failed` for an output folder that can't be written comes before the code
 * is used.
 */
export async function receive(options: ReceiveOptions): Promise<ReceiveResult> {
  const review = new Review(options);
  await review.prepare();
  const { lanes, signal = new AbortController().signal, onEvent = () => {} } = options;
  let text: string | null = null;
  try {
    const result = await receiveFiles(nodePorts, {
      relayUrl: options.relay ?? relayOfLink(options.code) ?? DEFAULT_RELAY,
      code: options.code,
      nameRules: await review.nameRules(),
      ...(lanes !== undefined && { lanes }),
      signal,
      // A receiver is told a code, and draws none.
      onEvent(event) {
        if (event.type !== 'code') onEvent(event);
      },
      review: (manifest) => review.decide(manifest),
      onText(received) {
        text = received;
        options.onText?.(received);
      },
    });
    return { ...result, text, ...review.outcome() };
  } catch (error) {
    // Our own reason for refusing says more than the engine's word for it.
    throw review.refusal ?? error;
  }
}

/** Reasons that help the sender, and whose sentences name nothing but what was offered. */
const TELLABLE = new Set<ErrorCode>(['no-space', 'exists', 'path-refused', 'name-impossible']);

/** This side's decisions about an offer. */
class Review {
  refusal: unknown = null;
  readonly #options: ReceiveOptions;
  /** As named; relative to the current folder. */
  readonly #out: string;
  #manifest: Manifest | null = null;
  #plan: OverwritePlan | null = null;

  constructor(options: ReceiveOptions) {
    this.#options = options;
    this.#out = options.out ?? '.';
  }

  async prepare(): Promise<void> {
    if (this.#options.to === undefined) await expectWritableFolder(this.#out);
  }

  async nameRules() {
    // A stream takes any name.
    if (this.#options.to !== undefined) return { windowsNames: false, foldsCase: false };
    return nameRulesOf(await nearestFolder(this.#out));
  }

  async decide(manifest: Manifest): Promise<ReviewAnswer> {
    try {
      return await this.#accept(manifest);
    } catch (error) {
      this.refusal = error;
      const isTellable = error instanceof TransferError && TELLABLE.has(error.code);
      if (!isTellable) return { accept: false, code: 'declined' };
      return { accept: false, code: error.code, message: error.message };
    }
  }

  outcome(): Pick<ReceiveResult, 'folder' | 'renamed' | 'skipped'> {
    const pathOf = (index: number) => this.#manifest!.entries[index]!.path;
    const renamed = [...(this.#plan?.renamed ?? [])];
    return {
      folder: this.#options.to === undefined ? resolve(this.#out) : null,
      renamed: renamed.map(([index, savedAs]) => ({ path: pathOf(index), savedAs })),
      skipped: [...(this.#plan?.skip ?? [])].map(pathOf),
    };
  }

  async #accept(manifest: Manifest): Promise<ReviewAnswer> {
    this.#manifest = manifest;
    const { to } = this.#options;
    if (to !== undefined) {
      expectSingle(manifest);
      await this.#ask(manifest, null);
      return { accept: true, sink: createWritableSink(to), skip: new Set() };
    }

    const freeBytes = await freeBytesIn(await nearestFolder(this.#out));
    await this.#ask(manifest, freeBytes);
    const plan = await planOverwrites({
      root: this.#out,
      manifest,
      rules: await this.nameRules(),
      decide: decisionOf(this.#options.overwrite ?? 'rename'),
    });
    this.#plan = plan;
    const wanted = manifest.entries.filter(({ index }) => !plan.skip.has(index));
    expectSpace(
      wanted.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
      freeBytes,
    );
    // A message leaves no trace on the disk, not even an empty folder.
    const root = wanted.some(({ kind }) => kind !== 'text')
      ? await madeFolder(this.#out)
      : resolve(this.#out);
    return { accept: true, sink: createFolderSink({ root, ...plan }), skip: plan.skip };
  }

  async #ask(manifest: Manifest, freeBytes: number | null): Promise<void> {
    const accepted = await (this.#options.accept?.({ ...manifest, freeBytes }) ?? true);
    if (!accepted) throw new TransferError('declined', 'You declined the offer.');
  }
}

function decisionOf(overwrite: NonNullable<ReceiveOptions['overwrite']>): DecideOverwrite {
  if (typeof overwrite === 'function') return overwrite;
  return () => (overwrite === 'always' ? 'replace' : overwrite);
}

function expectSingle({ entries, files }: Manifest): void {
  if (entries.length === 1 && entries[0]!.kind !== 'folder') return;
  const found = entries.some(({ kind }) => kind === 'folder') ? 'a folder' : counted(files, 'file');
  throw new TransferError(
    'declined',
    `A stream takes one file or message, but ${found} came; it was declined.`,
  );
}

async function madeFolder(out: string): Promise<string> {
  try {
    await mkdir(out, { recursive: true });
    return await realpath(out);
  } catch (error) {
    throw sinkError(error, out);
  }
}
