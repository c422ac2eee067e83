// One visit to a room: who is there, and what they say. It takes what a relay passes on and gives what is to be sent, as bytes;
// it has no socket, no timer and no clock. docs/PROTOCOL.md section 20.
import { type Bytes, equalBytes, randomBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { HASH_BYTES } from '../group/statement.ts';
import { AgreementKey } from '../identity/agreement.ts';
import { MAX_ROOM_ENTRIES, MAX_SEALED_CARD_BYTES } from '../wire/limits.ts';
import { AnswerAllowance } from './answer-allowance.ts';
import { type Card, type CardRoom, cardRoom, ENTRY_BYTES, NO_DEVICE, openCard, sealCard } from './card.ts';
import { PairChannel } from './pair-channel.ts';
import { memberId, PresentMember } from './present-member.ts';
import { encodeRoomMessage, hearRoomMessage, type RoomMessage } from './room-message.ts';
import type { RoomResult, VisitOptions } from './visit.ts';

/** Cards that open and whose devices aren't in the chain yet, by number. */
const MAX_STRANGERS = 128;
const NO_HEAD: Bytes = new Uint8Array(HASH_BYTES);
/** What an older room, and a member without a name, is good for. */
const HANDING_OVER: ReadonlySet<RoomMessage['type']> = new Set(['ping', 'pong', 'meet', 'answer']);
/** Messages that are answered: each costs this end one of its own. */
const ANSWERED: ReadonlySet<RoomMessage['type']> = new Set(['ping', 'announce', 'list', 'meet']);

/** One visit of this device to one room. */
export class RoomPresence {
  readonly room: CardRoom;
  /** To be shown to the relay. */
  readonly sealedCard: Bytes;
  readonly #options: VisitOptions;
  readonly #card: Card;
  readonly #agreement: AgreementKey;
  /** All of this visit, those that left among them. */
  readonly #members = new Map<string, PresentMember>();
  readonly #byNumber = new Map<number, PresentMember>();
  readonly #strangers = new Map<number, Bytes>();
  readonly #allowance = new AnswerAllowance();
  /** One thing after the other: two cards at once must not begin the same keys twice. */
  #turn: Promise<unknown> = Promise.resolve();
  #isOver = false;

  private constructor(
    options: VisitOptions,
    room: CardRoom,
    card: Card,
    agreement: AgreementKey,
    sealed: Bytes,
  ) {
    this.#options = options;
    this.room = room;
    this.#card = card;
    this.#agreement = agreement;
    this.sealedCard = sealed;
  }

  /** Draws what this visit has of its own. */
  static async enter(options: VisitOptions): Promise<RoomPresence> {
    const { scope, key, kind, name, isNamed } = options;
    const room = await cardRoom(scope);
    const agreement = new AgreementKey();
    const visit = { entry: randomBytes(ENTRY_BYTES), agreementKey: agreement.publicKey };
    const card: Card = isNamed
      ? { publicKey: key.publicKey, ...visit, kind, name }
      : { publicKey: NO_DEVICE, ...visit, kind: 'untold', name: '' };
    return new RoomPresence(options, room, card, agreement, await sealCard(room, isNamed ? key : null, card));
  }

  /** Members that have answered. */
  get there(): PresentMember[] {
    return [...this.#members.values()].filter(({ isThere, isAnonymous }) => isThere && !isAnonymous);
  }

  /** Members under a number, whether or not they have answered, those that name no device among them. */
  get connected(): PresentMember[] {
    return [...this.#byNumber.values()];
  }

  /**
   * Whether as many different cards were seen as one entry takes. Those of others aren't looked at until this device leaves and
   * enters anew, which any device does that stays for long while another one comes and goes.
   */
  get isFull(): boolean {
    return this.#members.size >= MAX_ROOM_ENTRIES;
  }

  /** The relay shows a card under a number, for the first time or in place of another one. */
  shown(number: number, sealed: Bytes): Promise<RoomResult> {
    return this.#inTurn(async (result) => {
      this.#leave(number, result);
      const member = await this.#memberOf(number, sealed);
      if (member === null) return;
      // The same card under another number: that is where it is now.
      if (member.number !== null) this.#byNumber.delete(member.number);
      member.number = number;
      this.#byNumber.set(number, member);
      // A card that is shown again and again is asked at the next beat.
      if (this.#allowance.take(member)) await this.#say(member, member.ping(this.#head), result);
      this.#offer(member, result);
    });
  }

  /** The relay says that a number has gone. */
  left(number: number): Promise<RoomResult> {
    return this.#inTurn(async (result) => {
      this.#leave(number, result);
    });
  }

  /** Bytes that came from a number, as the relay says. What doesn't open with its keys is ignored. */
  heard(number: number, bytes: Bytes): Promise<RoomResult> {
    return this.#inTurn(async (result) => {
      const member = this.#byNumber.get(number);
      const content = (await member?.channel.open(bytes)) ?? null;
      if (member === undefined || content === null) return;
      const message = hearRoomMessage(content);
      if (message === null || !this.#isHeard(member, message)) return;
      if (ANSWERED.has(message.type) && !this.#allowance.take(member)) return;
      await this.#take(member, message, result);
    });
  }

  /** To be called every 5 s. */
  beat(): Promise<RoomResult> {
    return this.#inTurn(async (result) => {
      this.#allowance.beat();
      for (const member of this.#byNumber.values()) {
        if (member.beat()) this.#tell('gone', member, result);
        await this.#say(member, member.ping(this.#head), result);
        this.#offer(member, result);
      }
    });
  }

  /** The chain has changed: who isn't a member any more goes, and who has become one is looked at. */
  async chainChanged(): Promise<RoomResult> {
    const removed = await this.#inTurn(async (result) => {
      for (const [number, member] of [...this.#byNumber]) {
        if (!this.#isKnown(member.card)) this.#leave(number, result);
      }
    });
    const results = [removed];
    for (const [number, sealed] of [...this.#strangers]) results.push(await this.shown(number, sealed));
    return {
      send: results.flatMap(({ send }) => send),
      events: results.flatMap(({ events }) => events),
    };
  }

  /**
   * What to send to a member; nothing when it has gone.
   * @throws TransferError `limit-exceeded` for more than fits into a message
   */
  say(member: PresentMember, message: RoomMessage): Promise<RoomResult> {
    return this.#inTurn((result) => this.#say(member, message, result));
  }

  /** Ends the visit. What was said in it can't be opened any more by this device, and nothing follows from what comes late. */
  leave(): void {
    this.#isOver = true;
    this.#agreement.destroy();
    this.#members.clear();
    this.#byNumber.clear();
    this.#strangers.clear();
  }

  /** H of the last statement; zeros where this device names itself to nobody, as one that was removed may be listening. */
  get #head(): Bytes {
    return this.#options.isNamed ? this.#options.chain().head : NO_HEAD;
  }

  async #take(member: PresentMember, message: RoomMessage, result: RoomResult): Promise<void> {
    if (message.type !== 'ping' && message.type !== 'pong') {
      result.events.push({ type: 'message', from: member, message });
      return;
    }
    if (message.type === 'ping') {
      await this.#answer(member, message.nonce, result);
    } else if (member.answered(message.nonce)) this.#tell('there', member, result);
    const isKnownHead = this.#options.chain().has(message.head);
    if (!isKnownHead && !member.isAnonymous && member.noteHead(message.head))
      result.events.push({ type: 'sync', from: member });
  }

  /** A member that shows its name in an older room lacks what this end has. */
  #offer(member: PresentMember, { events }: RoomResult): void {
    const isAway = this.#options.isOld && !this.#options.isNamed && !member.isAnonymous;
    if (isAway && member.noteOffer()) events.push({ type: 'sync', from: member });
  }

  async #answer(member: PresentMember, nonce: Bytes, result: RoomResult): Promise<void> {
    await this.#say(member, { type: 'pong', nonce, head: this.#head }, result);
    // It may not have known this end yet when it was asked.
    if (!member.isThere) await this.#say(member, member.ping(this.#head), result);
  }

  /** The member whose card it is; null where this end has nothing to do with it. */
  async #memberOf(number: number, sealed: Bytes): Promise<PresentMember | null> {
    if (sealed.length > MAX_SEALED_CARD_BYTES) return null;
    const card = await openCard(this.room, sealed);
    if (card === null || this.#isOver || this.#isOwn(card)) return null;
    if (!this.#isKnown(card)) {
      if (this.#strangers.size < MAX_STRANGERS) this.#strangers.set(number, sealed);
      return null;
    }
    const id = memberId(card);
    const before = this.#members.get(id);
    if (before !== undefined) return before;
    if (this.isFull) return null;
    try {
      const channel = await PairChannel.create(this.room, this.#agreement, this.#card, card);
      if (this.#isOver) return null;
      const member = new PresentMember(card, channel);
      this.#members.set(id, member);
      return member;
    } catch (error) {
      if (error instanceof TransferError) return null;
      throw error;
    }
  }

  /** This end's own card, of this visit or another one, and whatever would have its place in the order of the two. */
  #isOwn({ publicKey, entry }: Card): boolean {
    return equalBytes(publicKey, this.#options.key.publicKey) || equalBytes(entry, this.#card.entry);
  }

  #isKnown({ publicKey }: Card): boolean {
    return equalBytes(publicKey, NO_DEVICE) || this.#options.chain().member(publicKey) !== null;
  }

  #isHeard(member: PresentMember, message: RoomMessage): boolean {
    if (message.type === 'meet' && !member.mayAskAs(message.device)) return false;
    if (!this.#options.isOld && !member.isAnonymous) return true;
    return message.type === 'meet' ? message.task === 'sync' : HANDING_OVER.has(message.type);
  }

  async #say(member: PresentMember, message: RoomMessage, { send }: RoomResult): Promise<void> {
    const bytes = await member.channel.seal(encodeRoomMessage(message));
    if (member.number !== null) send.push({ number: member.number, bytes });
  }

  #leave(number: number, result: RoomResult): void {
    this.#strangers.delete(number);
    const member = this.#byNumber.get(number);
    if (member === undefined) return;
    this.#byNumber.delete(number);
    if (member.gone()) this.#tell('gone', member, result);
  }

  /** A device may be in the room twice, such as by a connection that isn't given up yet: it counts once. */
  #tell(type: 'there' | 'gone', member: PresentMember, { events }: RoomResult): void {
    if (member.isAnonymous || this.#options.isOld) return;
    const { publicKey, kind } = member.card;
    if (this.there.some((other) => other !== member && equalBytes(other.card.publicKey, publicKey))) return;
    events.push({ type, publicKey, kind });
  }

  #inTurn(act: (result: RoomResult) => Promise<void>): Promise<RoomResult> {
    const turn = this.#turn.then(async () => {
      const result: RoomResult = { send: [], events: [] };
      if (!this.#isOver) await act(result);
      return this.#isOver ? { send: [], events: [] } : result;
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
