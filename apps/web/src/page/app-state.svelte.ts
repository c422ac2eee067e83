// What the page shows: the first screen, a link that was opened, what is agreed on with the Python tool, a sending, a
// receiving, or what an earlier tab received.

import { formatCode, readTypedCode, type TypedCode } from '@p2p-copy/core';
import { pageAddress } from '../capabilities/page-address.ts';
import { reviewOfTab } from '../capabilities/review-of-tab.ts';
import type { ClassicSetup } from '../classic/classic-setup.svelte.ts';
import { EngineClient } from '../client/engine-client.ts';
import type { ListedTransfer } from '../contract/messages.ts';
import type { Picked } from '../gather/picked-files.ts';
import { spoken } from '../i18n/spoken.svelte.ts';
import { type LostShare, pickedDraft, readShared, type SharedDraft } from '../offline/take-shared.ts';
import { KeptPanel } from '../sessions/kept-panel.svelte.ts';
import { ListedTransfers } from '../sessions/listed-transfers.svelte.ts';
import { ReceiveSession } from '../sessions/receive-session.svelte.ts';
import { SendSession } from '../sessions/send-session.svelte.ts';
import { askPermission } from './ask-permission.ts';
import { takeCodeFromAddress } from './code-in-address.ts';
import { Draft } from './draft.svelte.ts';
import { type ClassicRoom, loadClassic } from './load-classic.ts';
import { Recents } from './recents.svelte.ts';

export type View =
  | { name: 'home' }
  /** Opened by a link. Nothing is claimed until the person taps: messengers open links to show a preview. */
  | { name: 'link'; code: string }
  | { name: 'classic'; classic: Classic }
  /** Handed over by another app or website. Nothing is sent until the person says so. */
  | { name: 'shared'; draft: SharedDraft }
  | { name: 'send'; session: SendSession }
  | { name: 'receive'; session: ReceiveSession }
  | { name: 'kept'; title: string; panel: KeptPanel };

/** The classic room, once it is loaded, and what was agreed on in it. */
interface Classic {
  room: ClassicRoom;
  setup: ClassicSetup;
}

export class AppState {
  view = $state.raw<View>({ name: 'home' });
  /** The fragment of a link that held no code. */
  hasBadLink = $state(false);
  /** Why what was shared can't be shown. */
  lostShare = $state.raw<LostShare | null>(null);
  /** What was to be resumed and can't be, since its folder may not be used. */
  refused = $state.raw<ListedTransfer | null>(null);
  /** What stands in the fields of the first screen. */
  readonly draft = new Draft();
  /** Null until it is wanted; then it stays while the page is open, so that a second attempt needs no typing. */
  classic = $state.raw<Classic | null>(null);
  /** Whether it was wanted and couldn't be loaded. */
  isClassicMissing = $state(false);

  /** Loads while the person reads or chooses. */
  readonly #engine = new EngineClient();
  /** What earlier tabs left. */
  readonly earlier = new ListedTransfers(this.#engine);
  readonly recents = new Recents();

  constructor() {
    this.openLink();
    const reviewed = reviewOfTab.take();
    void this.earlier.refresh().then(() => this.#reviewAgain(reviewed));
  }

  /** A tab that was reloaded shows the offer that it showed before. */
  #reviewAgain(id: string | null): void {
    const found = this.earlier.listed.find((listed) => listed.kind === 'reviewing' && listed.id === id);
    if (found !== undefined && this.view.name === 'home') void this.resume(found);
  }

  get isTransferring(): boolean {
    const { view } = this;
    return (view.name === 'send' || view.name === 'receive') && view.session.isTransferring;
  }

  /** Whether closing the tab would end something for good. */
  get wouldEnd(): boolean {
    const { view } = this;
    return (view.name === 'send' || view.name === 'receive') && view.session.wouldEnd;
  }

  /** False where the person chose so. */
  get isEncrypted(): boolean {
    const { view } = this;
    if (view.name === 'classic') return view.classic.setup.encrypt;
    return !(view.name === 'send' || view.name === 'receive') || (view.session.classic?.encrypt ?? true);
  }

  /** Reads a code from the address bar: when the page opens, and when a link is pasted into an open one. */
  openLink(): void {
    const fragment = takeCodeFromAddress();
    if (fragment === null || this.isTransferring) return;
    const reading = readTypedCode(`${pageAddress()}#${fragment}`);
    const code = codeOfLink(reading);
    const hasSlip = reading.kind === 'slip' && (reading.asTyped !== null || reading.suggestions.length > 0);
    this.hasBadLink = code === null && !hasSlip;
    // What is reviewed is found again by its code.
    if (this.view.name === 'receive') this.view.session.putOff();
    if (code !== null) {
      void this.#leave({ name: 'link', code });
      return;
    }
    if (hasSlip) this.draft.showSlip(fragment, reading);
    if (this.view.name !== 'home') void this.#leave({ name: 'home' });
  }

  /** Shows what the page was opened with by sharing, if anything. */
  async openShared(): Promise<void> {
    const shared = await readShared();
    if (shared === null || this.view.name !== 'home') return;
    if ('lost' in shared) this.lostShare = shared.lost;
    else void this.#leave({ name: 'shared', draft: shared.draft });
  }

  sendShared(draft: SharedDraft): void {
    draft.drop();
    this.send(pickedDraft(draft));
  }

  discardShared(draft: SharedDraft): void {
    draft.drop();
    this.goHome();
  }

  send(picked: Picked): void {
    this.draft.message = '';
    void this.#leave({ name: 'send', session: new SendSession(this.#engine, picked) });
  }

  /** What was dropped or pasted anywhere on the page, on the screens that take it. */
  sendGiven(read: () => Picked): void {
    if (this.view.name === 'home') this.send(read());
    else if (this.view.name === 'send') this.view.session.take(read());
    else if (this.view.name === 'classic' && this.view.classic.setup.direction === 'send')
      this.sendClassic(read());
  }

  /** @param isAnew whatever this browser knows of that code, it is another one */
  receive(code: string, isAnew = false): void {
    this.draft.clearCode();
    void this.#receiveAfter(code, isAnew);
  }

  async #receiveAfter(code: string, isAnew: boolean): Promise<void> {
    // What this tab has of that code must be let go of first.
    const { view } = this;
    if (isAnew && view.name === 'receive') await view.session.close();
    const wire = { wire: 'version-two', code, isAnew } as const;
    await this.#leave({ name: 'receive', session: new ReceiveSession(this.#engine, wire) });
  }

  /** To the Python tool, as agreed on. */
  sendClassic(picked: Picked): void {
    if (!this.classic?.setup.demandCode()) return;
    const wire = { wire: 'classic', ...this.classic.setup.terms } as const;
    void this.#leave({ name: 'send', session: new SendSession(this.#engine, picked, wire) });
  }

  receiveClassic(): void {
    if (!this.classic?.setup.demandCode()) return;
    const wire = { wire: 'classic', ...this.classic.setup.terms } as const;
    void this.#leave({ name: 'receive', session: new ReceiveSession(this.#engine, wire) });
  }

  async goClassic(): Promise<void> {
    const { view } = this;
    this.isClassicMissing = false;
    try {
      this.classic ??= await newClassic();
    } catch (error) {
      console.warn(error);
      this.isClassicMissing = true;
      return;
    }
    // The person may have gone elsewhere meanwhile.
    if (this.view === view) await this.#leave({ name: 'classic', classic: this.classic });
  }

  goHome(): void {
    this.hasBadLink = false;
    this.lostShare = null;
    this.refused = null;
    this.isClassicMissing = false;
    this.recents.refresh();
    void this.#leave({ name: 'home' }).then(() => this.earlier.refresh());
  }

  /** Goes on with what an earlier tab left, or shows what it received. To be called when the person has clicked. */
  async resume(transfer: ListedTransfer): Promise<void> {
    this.refused = null;
    const { kind, handles } = transfer;
    /** Nothing is read or written any more. */
    const isWhole = transfer.ended === 'receipt';
    switch (kind) {
      case 'reviewing':
        return this.#leave({ name: 'receive', session: ReceiveSession.resume(this.#engine, transfer) });
      case 'receiving':
        if ((await askPermission(handles, 'readwrite')) || isWhole) {
          return this.#leave({ name: 'receive', session: ReceiveSession.resume(this.#engine, transfer) });
        }
        this.refused = transfer;
        return;
      case 'sending': {
        const hasHandles = isWhole || (handles.length > 0 && (await askPermission(handles, 'read')));
        return this.#leave({ name: 'send', session: SendSession.resume(this.#engine, transfer, hasHandles) });
      }
      case 'received':
        return this.#reopen(transfer);
    }
  }

  async #reopen({ id, title }: ListedTransfer): Promise<void> {
    const kept = await this.#engine.reopenKept(id).catch(() => null);
    if (kept === null) return this.earlier.refresh();
    return this.#leave({ name: 'kept', title, panel: new KeptPanel(this.#engine, kept, title) });
  }

  /** Leaves what is reviewed for later. */
  putOff(): void {
    if (this.view.name === 'receive') this.view.session.putOff();
    this.goHome();
  }

  async #leave(next: View): Promise<void> {
    const { view } = this;
    this.view = next;
    if (next.name === 'send' || next.name === 'receive') {
      this.earlier.expect();
      spoken.keepAll();
    }
    if (view.name === 'send' || view.name === 'receive') await view.session.close();
    else if (view.name === 'kept') await view.panel.close();
  }
}

async function newClassic(): Promise<Classic> {
  const room = await loadClassic();
  return { room, setup: new room.ClassicSetup() };
}

/** The code that a tap is enough for. One that the sender seems to have chosen is tapped before it is used, as any link's is. */
function codeOfLink(reading: TypedCode): string | null {
  if (reading.kind === 'code') return formatCode(reading.code);
  const { slip, suggestions, asTyped } = reading;
  const isChosen = asTyped !== null && slip !== 'missing-word' && suggestions.length === 0;
  return isChosen ? formatCode(asTyped) : null;
}
