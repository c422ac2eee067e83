// Meets the other end on a lane by whatever way is first: each way brings channels, each channel a handshake of its own, and the
// sender nominates one connection. docs/PROTOCOL.md section 18.
import { isLasting, pause } from '../async/seek.ts';
import { deriveLanePairingKey, deriveLaneSecret } from '../crypto/derive-keys.ts';
import type { DirectWays } from '../direct/direct-ways.ts';
import { encodeBase64url } from '../foundation/base64url.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Channel } from '../ports/channel.ts';
import { type Path, RELAY_PATH } from '../ports/path.ts';
import type { Role } from '../ports/rendezvous.ts';
import { MEET_WAIT_MS } from '../wire/limits.ts';
import type { ResumePoint } from '../wire/resume-record.ts';
import { type MeetingAccess, meetAtRelay } from './meet-at-relay.ts';
import type { SealedConnection } from './sealed-connection.ts';
import { secureChannel } from './secure-channel.ts';

/** How long direct ways are still sought at least where the relay has failed. */
const DIRECT_ALONE_MS = 5_000;
/**
 * Handshakes on direct channels of a lane at once: those of both ends' dials, and one that replaces a dead one each. Dials of places
 * that may be third parties' don't count: who answers there and says nothing would keep the other end out, which would tell it so.
 */
const MAX_JOINING = 4;

/** A connection of a lane that both ends go on with. */
export interface JoinedConnection {
  connection: SealedConnection;
  /** What the other end said first on it. */
  theirs: ResumePoint;
  path: Path;
}

/** A meeting on one lane. */
export interface LaneMeeting {
  role: Role;
  transferSecret: Bytes;
  lane: number;
  /** Null where only the relay is a way. */
  direct: DirectWays | null;
  /** In ms. */
  directAfterMs: number;
  /** In ms; null where the relay is none. */
  relayAfterMs: number | null;
  /** Called when a relay is reached, and only the other end is missing. */
  onWaiting(): void;
  /** Hears why the relay brought nobody. The pause before it may be asked again, in ms. */
  failed(error: TransferError): number;
  /** Agrees on a connection with the other end: `exchangeResume`. `isRaced`: whether another connection may come. */
  join(connection: SealedConnection, isRaced: boolean): Promise<ResumePoint>;
}

/**
 * Resolves with the first connection that both ends go on with; all others are dropped.
 * @throws TransferError those of `Rendezvous.meet` and `secureChannel`, when no way is left
 */
export async function meetByWays(access: MeetingAccess, meeting: LaneMeeting): Promise<JoinedConnection> {
  const ending = new AbortController();
  const end = () => ending.abort();
  access.signal.addEventListener('abort', end, { once: true });
  if (access.signal.aborted) end();
  try {
    return await new Race({ ...access, signal: ending.signal }, meeting).run();
  } finally {
    end();
    access.signal.removeEventListener('abort', end);
  }
}

class Race {
  readonly #access: MeetingAccess;
  readonly #meeting: LaneMeeting;
  readonly #open = new Set<Channel>();
  /** One nomination at a time: the connection that stands first is asked first. */
  #nominated: Promise<unknown> = Promise.resolve();
  /** Handshakes on direct channels that are under way. */
  #joining = 0;
  #directError: TransferError | null = null;
  #win: (joined: JoinedConnection) => void = () => {};
  #isWon = false;

  constructor(access: MeetingAccess, meeting: LaneMeeting) {
    this.#access = access;
    this.#meeting = meeting;
  }

  async run(): Promise<JoinedConnection> {
    const { signal, clock } = this.#access;
    const won = new Promise<JoinedConnection>((resolve) => {
      this.#win = resolve;
    });
    const drop = () => {
      for (const channel of this.#open) channel.terminate();
    };
    signal.addEventListener('abort', drop, { once: true });
    const { direct, directAfterMs, relayAfterMs } = this.#meeting;
    // The direct ways need not wait for a relay that is gone.
    const relayFailed = new AbortController();
    signal.addEventListener('abort', () => relayFailed.abort(), { once: true });
    if (direct !== null)
      void pause(directAfterMs, clock, relayFailed.signal).then(() => this.#seekDirect(direct));
    const lost =
      relayAfterMs === null
        ? pause(MEET_WAIT_MS, clock, signal).then(() => this.#fail(new TransferError('peer-gone')))
        : pause(relayAfterMs, clock, signal).then(() => this.#seekAtRelay(() => relayFailed.abort()));
    return Promise.race([won, lost]);
  }

  /**
   * Asks the relay; where there are direct ways, again and again for as long as they have alone. They have the same time whatever
   * comes of dials: nobody is to tell by it. Rejects with what the relay said, unless a direct way told more.
   */
  async #seekAtRelay(onFailed: () => void): Promise<never> {
    const { signal, clock } = this.#access;
    let untilMs: number | null = null;
    for (;;) {
      try {
        await this.#meetAtRelay();
        return await new Promise<never>(() => {});
      } catch (error) {
        onFailed();
        if (this.#meeting.direct === null || !(error instanceof TransferError)) return this.#fail(error);
        untilMs ??= clock.nowMs() + DIRECT_ALONE_MS;
        const leftMs = untilMs - clock.nowMs();
        if (leftMs <= 0 || signal.aborted) return this.#fail(error);
        const pauseMs = this.#meeting.failed(error);
        const isLast = isLasting(error);
        await pause(isLast ? leftMs : pauseMs, clock, signal);
        if (isLast) return this.#fail(error);
      }
    }
  }

  #fail(error: unknown): never {
    throw this.#access.signal.aborted ? new TransferError('interrupted') : (this.#directError ?? error);
  }

  async #meetAtRelay(): Promise<void> {
    const { role, transferSecret, lane, onWaiting } = this.#meeting;
    const key = encodeBase64url(await deriveLanePairingKey(transferSecret, lane));
    const channel = await meetAtRelay(this.#access, key, role, onWaiting);
    await this.#join(channel, RELAY_PATH);
  }

  #seekDirect(direct: DirectWays): Promise<void> {
    return direct.seek(this.#meeting.lane, this.#access.signal, async (way) => {
      const { channel, path, isUnproven = false, onProved } = way;
      if (!isUnproven && this.#joining >= MAX_JOINING) return channel.terminate();
      if (!isUnproven) this.#joining += 1;
      try {
        await this.#join(channel, path, onProved);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        if (error.code === 'protocol-violation') this.#directError = error;
      } finally {
        if (!isUnproven) this.#joining -= 1;
      }
    });
  }

  /** @throws TransferError those of `secureChannel`, and of `join` */
  async #join(channel: Channel, path: Path, onProved = () => {}): Promise<void> {
    const { role, transferSecret, lane } = this.#meeting;
    this.#open.add(channel);
    try {
      if (this.#access.signal.aborted) throw new TransferError('interrupted');
      const key = encodeBase64url(await deriveLanePairingKey(transferSecret, lane));
      const prs = await deriveLaneSecret(transferSecret, lane);
      const inputs = { role, purpose: `lane ${lane}`, key, prs, lanes: 1, features: this.#access.features };
      const { connection } = await secureChannel(channel, inputs, this.#access);
      onProved();
      const theirs = await this.#agree(connection);
      this.#open.delete(channel);
      this.#win({ connection, theirs, path });
    } catch (error) {
      this.#open.delete(channel);
      channel.terminate();
      throw error;
    }
  }

  async #agree(connection: SealedConnection): Promise<ResumePoint> {
    const { role, join, direct } = this.#meeting;
    const isRaced = direct !== null;
    if (role === 'receiver') return this.#claim(await join(connection, isRaced));
    const turn = this.#nominated.then(async () => {
      if (this.#isWon || this.#access.signal.aborted) throw new TransferError('interrupted');
      return this.#claim(await join(connection, isRaced));
    });
    this.#nominated = turn.catch(() => {});
    return turn;
  }

  /** At once, so that the sender nominates nothing more. */
  #claim(theirs: ResumePoint): ResumePoint {
    if (this.#isWon) throw new TransferError('interrupted');
    this.#isWon = true;
    return theirs;
  }
}
