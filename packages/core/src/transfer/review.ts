// The decision about an offer: asked for once, also when the same offer comes again in another session.
import { TransferError } from '../foundation/errors.ts';
import { manifestFault } from '../wire/check-manifest.ts';
import type { Manifest } from '../wire/manifest.ts';
import type { ReceiveOptions, ReviewAnswer } from './options.ts';
import type { ReceiverEvent } from './receiver-machine.ts';

export class Review {
  readonly #options: ReceiveOptions;
  #answered: { manifest: Manifest; answer: Promise<ReviewAnswer> } | null = null;

  constructor(options: ReceiveOptions) {
    this.#options = options;
  }

  async decide(manifest: Manifest): Promise<ReceiverEvent> {
    const fault = manifestFault(manifest.entries, this.#options.nameRules);
    if (fault !== null) return { type: 'refused', error: fault.error, file: fault.index };
    if (this.#answered === null || !haveSameNames(this.#answered.manifest, manifest)) {
      const { files, bytes, unsized } = manifest;
      this.#options.onEvent({ type: 'offer', files, bytes, unsized });
      this.#answered = { manifest, answer: this.#options.review(manifest) };
    }
    const answer = await this.#answered.answer;
    if (answer.accept) return { type: 'accepted', manifest, answer };
    return { type: 'refused', error: new TransferError(answer.code, answer.message), file: null };
  }
}

/** Files may have changed since; what was accepted is where they go. */
function haveSameNames(a: Manifest, b: Manifest): boolean {
  return (
    a.entries.length === b.entries.length &&
    a.entries.every(({ kind, path }, i) => kind === b.entries[i]!.kind && path === b.entries[i]!.path)
  );
}
