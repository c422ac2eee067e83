// What the page shows: the first screen, a link that was opened, what is agreed on with the Python tool, a sending, or a
// receiving.
import type { PickedPages } from '../gather/picked-files.ts';
import { ClassicSetup } from './classic-setup.svelte.ts';
import { takeCodeFromAddress } from './code-in-address.ts';
import { EngineClient } from './engine-client.ts';
import { ReceiveSession } from './receive-session.svelte.ts';
import { SendSession } from './send-session.svelte.ts';
import { readCode } from './typed-code.ts';

export type View =
  | { name: 'home' }
  /** Opened by a link. Nothing is claimed until the person taps: messengers open links to show a preview. */
  | { name: 'link'; code: string }
  | { name: 'classic' }
  | { name: 'send'; session: SendSession }
  | { name: 'receive'; session: ReceiveSession };

export class AppState {
  view = $state.raw<View>({ name: 'home' });
  /** The fragment of a link that held no code. */
  hasBadLink = $state(false);
  /** What closed tabs left in this browser's storage. */
  leftovers = $state.raw({ transfers: 0, bytes: 0 });
  /** Stays while the page is open, so that a second attempt needs no typing. */
  readonly classic = new ClassicSetup();

  /** Loads while the person reads or chooses. */
  readonly #engine = new EngineClient();

  constructor() {
    this.openLink();
    void this.#countLeftovers();
  }

  get isTransferring(): boolean {
    const { view } = this;
    return (view.name === 'send' || view.name === 'receive') && view.session.isTransferring;
  }

  /** False where the person chose so. */
  get isEncrypted(): boolean {
    const { view } = this;
    if (view.name === 'classic') return this.classic.encrypt;
    return !(view.name === 'send' || view.name === 'receive') || (view.session.classic?.encrypt ?? true);
  }

  /** Reads a code from the address bar: when the page opens, and when a link is pasted into an open one. */
  openLink(): void {
    const fragment = takeCodeFromAddress();
    if (fragment === null || this.isTransferring) return;
    const code = readCode(`#${fragment}`);
    this.hasBadLink = code === null;
    if (code !== null) void this.#leave({ name: 'link', code });
  }

  send(pages: PickedPages): void {
    void this.#leave({ name: 'send', session: new SendSession(this.#engine, pages) });
  }

  /** What was dropped anywhere on the page, on the screens that take it. */
  sendDropped(read: () => PickedPages): void {
    if (this.view.name === 'home') this.send(read());
    else if (this.view.name === 'classic' && this.classic.direction === 'send') this.sendClassic(read());
  }

  receive(code: string): void {
    void this.#leave({ name: 'receive', session: new ReceiveSession(this.#engine, code) });
  }

  /** To the Python tool, as agreed on. */
  sendClassic(pages: PickedPages): void {
    if (!this.classic.demandCode()) return;
    const { terms } = this.classic;
    void this.#leave({ name: 'send', session: new SendSession(this.#engine, pages, terms) });
  }

  receiveClassic(): void {
    if (!this.classic.demandCode()) return;
    const { code, encrypt } = this.classic.terms;
    void this.#leave({ name: 'receive', session: new ReceiveSession(this.#engine, code, { code, encrypt }) });
  }

  goClassic(): void {
    void this.#leave({ name: 'classic' });
  }

  goHome(): void {
    this.hasBadLink = false;
    void this.#leave({ name: 'home' }).then(() => this.#countLeftovers());
  }

  async deleteLeftovers(): Promise<void> {
    await this.#engine.deleteLeftovers();
    await this.#countLeftovers();
  }

  async #leave(next: View): Promise<void> {
    const { view } = this;
    this.view = next;
    if (view.name === 'send' || view.name === 'receive') await view.session.close();
  }

  async #countLeftovers(): Promise<void> {
    try {
      this.leftovers = await this.#engine.countLeftovers();
    } catch {
      // A browser without such storage has none.
      this.leftovers = { transfers: 0, bytes: 0 };
    }
  }
}
