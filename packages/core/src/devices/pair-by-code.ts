// Two devices meet by a code of their own kind and pair: one shows the code, the other one enters it. Wrong guesses count as those
// at a transfer's code do. docs/PROTOCOL.md sections 6 and 20.
import type { TransferEvent } from '../api/events.ts';
import { DEFAULT_RECONNECT_TIMEOUT_MS, DEFAULT_WAIT_MS, type EnginePorts } from '../api/options.ts';
import { TransferError } from '../foundation/errors.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import type { FirstSession } from '../link/met-session.ts';
import { afterGuess, afterVisit, NO_STRANGERS, strangersEnd } from '../machine/code-strangers.ts';
import { CodeJoining } from '../meeting/code-joining.ts';
import { CodeMeeting } from '../meeting/code-meeting.ts';
import { CodeValidity } from '../meeting/code-validity.ts';
import { type Paired, type PairingOptions, pairDevices } from '../pairing/pair-devices.ts';
import type { Role } from '../ports/rendezvous.ts';
import { meetingAccess, outageEvent } from '../transfer/session.ts';
import { parseCode } from '../wire/code.ts';
import { PAIR_DEADLINE_MS } from '../wire/limits.ts';

/** Words of a pairing code, unless its person says otherwise. */
export const DEFAULT_PAIR_WORDS = 4;

/** What happens on the way to the other device. */
export type PairEvent = Extract<
  TransferEvent,
  { type: 'code' | 'code-burned' | 'code-lost' | 'joined' | 'left' | 'reconnecting' | 'reconnected' }
>;

/** How two devices meet to be paired. */
export interface PairByCodeOptions extends Omit<PairingOptions, 'role' | 'clock'> {
  relayUrl: string;
  /** The code of the other device; null to show one. */
  code: string | null;
  /** Words of the code that is shown. Default DEFAULT_PAIR_WORDS. */
  words?: number;
  /** How long the code that is shown is valid, in ms. Default a day. */
  waitMs?: number;
  /** How long the relay may be out of reach, in ms. Default half an hour. */
  reconnectTimeoutMs?: number;
  signal: AbortSignal;
  onEvent(event: PairEvent): void;
}

/**
 * Shows a code, or enters one, and pairs with the device at the other end.
 * @throws TransferError `wrong-code`, `bad-code`, `unknown-code`, `wait-expired` and others of a meeting by code; those of
 * `pairDevices`; `interrupted`
 */
export async function pairByCode(ports: EnginePorts, options: PairByCodeOptions): Promise<Paired> {
  const ending = new AbortController();
  const abort = () => ending.abort();
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();
  const terms = { direct: null, hasLinks: false };
  const access = meetingAccess(ports, options.relayUrl, terms, ending.signal);
  try {
    return await (options.code === null
      ? pairShowing(access, options)
      : pairEntering(access, options, options.code));
  } catch (error) {
    throw options.signal.aborted ? new TransferError('interrupted', undefined, { cause: error }) : error;
  } finally {
    options.signal.removeEventListener('abort', abort);
    abort();
  }
}

async function pairShowing(access: MeetingAccess, options: PairByCodeOptions): Promise<Paired> {
  const { words = DEFAULT_PAIR_WORDS, waitMs = DEFAULT_WAIT_MS } = options;
  const meeting = new CodeMeeting(access, { ...meetingOptions(options), code: undefined, words });
  let isProving = false;
  let expire = (_error: TransferError) => {};
  const expired = new Promise<never>((_resolve, reject) => {
    expire = reject;
  });
  const validity = new CodeValidity(access.clock, waitMs, () => {
    if (!isProving) expire(new TransferError('wait-expired'));
    return !isProving;
  });
  const hooks = {
    onCode: (code: string) => options.onEvent({ type: 'code', code, validMs: validity.leftMs() }),
    onProving: (isIt: boolean) => {
      isProving = isIt;
    },
  };
  try {
    const met = await Promise.race([provedJoiner(meeting, options, hooks), expired]);
    validity.end();
    meeting.release();
    return await pairMet(access, 'sender', met, options);
  } finally {
    validity.end();
    await meeting.close();
  }
}

/** Who proves to know the code, after whoever didn't. */
async function provedJoiner(
  meeting: CodeMeeting,
  { onEvent }: PairByCodeOptions,
  { onCode, onProving }: { onCode(code: string): void; onProving(isIt: boolean): void },
): Promise<FirstSession> {
  let strangers = NO_STRANGERS;
  onCode(await meeting.allocate(0));
  for (;;) {
    try {
      await meeting.awaitJoiner();
    } catch (error) {
      if (!(error instanceof TransferError) || error.code !== 'code-taken') throw error;
      onEvent({ type: 'code-lost' });
      onCode(await meeting.allocate(strangers.burnedCodes));
      continue;
    }
    onEvent({ type: 'joined' });
    onProving(true);
    const proof = await meeting.prove();
    if (proof.type === 'proved') return proof.met;
    onProving(false);
    const isGuess = proof.type === 'guessed-wrong';
    strangers = isGuess ? afterGuess(strangers, proof.words) : afterVisit(strangers, proof.opened);
    const end = strangersEnd(strangers);
    if (end !== null) throw end;
    onEvent(isGuess ? { type: 'code-burned' } : { type: 'left', code: proof.code });
    if (isGuess) onCode(await meeting.allocate(strangers.burnedCodes));
    else await meeting.leaveJoiner();
  }
}

async function pairEntering(
  access: MeetingAccess,
  options: PairByCodeOptions,
  code: string,
): Promise<Paired> {
  const joining = new CodeJoining(access, { ...meetingOptions(options), code: parseCode(code) });
  try {
    await joining.join();
    options.onEvent({ type: 'joined' });
    return await pairMet(access, 'receiver', await joining.prove(), options);
  } finally {
    await joining.close();
  }
}

/** People take their time, and not for ever: whoever walks away ends the other one's wait. */
async function pairMet(
  { clock, signal }: MeetingAccess,
  role: Role,
  met: FirstSession,
  options: PairByCodeOptions,
): Promise<Paired> {
  const { key, own, group, confirm, keep } = options;
  let isAsking = false;
  const drop = () => met.connection.terminate();
  // A question that is open ends by itself, and then the other device is told.
  const stop = () => {
    if (!isAsking) drop();
  };
  const cancel = clock.after(PAIR_DEADLINE_MS, drop);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await pairDevices(met, {
      ...{ role, key, own, group, keep, clock },
      async confirm(question, gone) {
        isAsking = true;
        try {
          return await confirm(question, gone);
        } finally {
          isAsking = false;
        }
      },
    });
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

function meetingOptions({ reconnectTimeoutMs = DEFAULT_RECONNECT_TIMEOUT_MS, onEvent }: PairByCodeOptions) {
  return {
    lanes: 1,
    purpose: 'pair',
    reconnectTimeoutMs,
    onOutage: (outage: Parameters<typeof outageEvent>[0]) => onEvent(outageEvent(outage) as PairEvent),
  } as const;
}
