// Port: how the two ends of a transfer meet. A relay is one rendezvous; anything else that brings two ends together under a
// key is another. Errors are in core's own words, whatever the rendezvous says on its wire.
import type { Channel } from './channel.ts';

/** Which end of a transfer this is. */
export type Role = 'sender' | 'receiver';

/** What an end without a connection waits for: a relay that it reaches, or the other end, which isn't there. */
export type Missing = 'relay' | 'peer';

/** Why an end has no connection. */
export interface Outage {
  missing: Missing;
  /** For how much longer it is sought, in ms. */
  leftMs: number;
}

/** A place where two ends meet: one sender and one receiver, under a key that both know. */
export interface Rendezvous {
  /**
   * Resolves when the other end is there under the same key, in the other role. Of two ends in one role the newer one is
   * met.
   * @param key an opaque key, base64url of 32 bytes
   * @param signal aborting ends the wait
   * @param onWaiting called when the rendezvous has been reached: from then on only the other end is missing
   * @throws TransferError `relay-unreachable`, `not-a-relay`, `relay-refused`, `relay-full`, `relay-version`,
   *   `rate-limited`, `redirect-refused`, `wait-expired`, `connection-lost`, `interrupted`
   */
  meet(key: string, role: Role, signal: AbortSignal, onWaiting?: () => void): Promise<Channel>;
  readonly nameplates: Nameplates;
  /**
   * URL of a STUN server that both ends may ask for their addresses, `stun:HOST:PORT`, as the last meeting told; null where there is
   * none. Nobody authenticates it, nor its answers.
   */
  readonly stunUrl: string | null;
}

/** The short numbers of a rendezvous, with which codes begin: for ends that have no key in common yet. */
export interface Nameplates {
  /**
   * Reserves a nameplate for a sender, which waits under it from then on.
   * @param chosen the nameplate that the person chose, of 1 to 9 digits; null for any
   * @param signal aborting ends the allocation, and every later attempt to wait again
   * @throws TransferError `code-taken` for a chosen one, `relay-full`, and those of `meet` but `wait-expired`
   */
  allocate(chosen: string | null, signal: AbortSignal): Promise<HeldNameplate>;
  /**
   * Joins the sender that waits under a nameplate.
   * @throws TransferError `unknown-code`, `code-in-use`, `sender-away`, and those of `meet` but `wait-expired`
   */
  join(nameplate: string, signal: AbortSignal): Promise<Channel>;
}

/** A nameplate that a sender has reserved. */
export interface HeldNameplate {
  /** 1 to 9 digits. */
  readonly digits: string;
  /**
   * Resolves when someone has joined. Each call is for another joiner: whoever came before has to be closed first.
   * @throws TransferError `rate-limited` when this sender came back too often, and may later; those of `meet`
   */
  nextJoiner(): Promise<Channel>;
  /**
   * Takes the nameplate again after a wait was lost, for the next joiner; nothing while this sender waits.
   * @throws TransferError `code-taken` when it is somebody else's by now, here or from `nextJoiner`; those of `meet`
   */
  reclaim(): Promise<void>;
  /**
   * Says that the nameplate is used up: the last joiner is the one for whom it was told. The rendezvous is told again if that
   * joiner's channel breaks before it has surely heard.
   */
  release(): void;
  /**
   * Gives the nameplate up for good: whoever asks for it hears so. A joiner's channel is closed, unless the nameplate was used
   * up by that joiner. Resolves when the rendezvous knows, or can't be told within a few seconds.
   */
  close(): Promise<void>;
}

/**
 * The rendezvous at an address.
 * @param relayUrl the address as the person gave it; of a relay: its http(s) or ws(s) URL
 */
export type RendezvousAt = (relayUrl: string) => Rendezvous;
