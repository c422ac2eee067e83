// A nameplate for a sender: the one that its person chose, or one that it draws itself, so that its connection can carry
// the hash of it. docs/PROTOCOL.md section 4.
import { randomBytes, viewOf } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { MAX_NAMEPLATE_DIGITS } from '../relay-protocol/constants.ts';
import { MAX_DRAWS_PER_LENGTH } from '../wire/limits.ts';
import type { AnnouncedSocket } from './announced-socket.ts';
import { announce, type RelayAccess, refusalError, relayAnswer } from './meet-relay.ts';

const SHORTEST_DRAWN_DIGITS = 2;

/** A nameplate under which this sender waits on `socket`. */
export interface Allocation {
  socket: AnnouncedSocket;
  nameplate: string;
  /** Lets this sender wait under its nameplate again. */
  token: string;
}

/**
 * Reserves a nameplate, the chosen one if there is one.
 * @throws TransferError `code-taken` for a chosen one, `relay-full` when every drawn one is taken, and those of
 * `announce`
 */
export async function allocateNameplate(access: RelayAccess, chosen: string | null): Promise<Allocation> {
  if (chosen === null) return drawAndAllocate(access);
  const answer = await request(access, chosen, false);
  if ('socket' in answer) return answer;
  throw new TransferError('code-taken');
}

/**
 * Takes a nameplate again that this sender held under `token`, at a relay that may have forgotten it.
 * @throws TransferError `code-taken` when it is somebody else's, or an older relay holds it under the token; those of
 * `announce`
 */
export async function reclaimNameplate(
  access: RelayAccess,
  nameplate: string,
  token: string,
): Promise<Allocation> {
  const answer = await request(access, nameplate, false, token);
  if ('socket' in answer) return answer;
  throw new TransferError('code-taken');
}

/** Short ones first. A relay may say which length has room, so that a busy one isn't asked for every length below. */
async function drawAndAllocate(access: RelayAccess): Promise<Allocation> {
  let digits = SHORTEST_DRAWN_DIGITS;
  while (digits <= MAX_NAMEPLATE_DIGITS) {
    let next = digits + 1;
    for (let draws = 0; draws < MAX_DRAWS_PER_LENGTH; draws += 1) {
      if (access.signal.aborted) throw new TransferError('interrupted');
      const answer = await request(access, drawNameplate(digits), true);
      if ('socket' in answer) return answer;
      if (answer.roomyDigits !== null && answer.roomyDigits > digits) {
        next = answer.roomyDigits;
        break;
      }
    }
    digits = next;
  }
  throw new TransferError('relay-full');
}

/** Uniform among the numbers of `digits` digits, 2 to 9. */
export function drawNameplate(digits: number): string {
  const first = 10 ** (digits - 1);
  const count = 9 * first;
  // Below the largest multiple of `count`, so that the remainder is uniform.
  const limit = 2 ** 32 - (2 ** 32 % count);
  for (;;) {
    const drawn = viewOf(randomBytes(4)).getUint32(0);
    if (drawn < limit) return String(first + (drawn % count));
  }
}

/** What was asked for, or that it is taken. */
async function request(
  access: RelayAccess,
  nameplate: string,
  isDrawn: boolean,
  heldUnder: string | null = null,
): Promise<Allocation | { roomyDigits: number | null }> {
  const socket = await announce(access, { type: 'allocate', nameplate, isDrawn, token: heldUnder });
  const answer = await relayAnswer(access, socket);
  if (answer.type === 'allocated' && answer.nameplate === nameplate) {
    return { socket, nameplate, token: answer.token };
  }
  socket.close();
  if (answer.type !== 'error') throw new TransferError('not-a-relay');
  if (answer.code === 'code-in-use') return { roomyDigits: answer.digits };
  throw refusalError(answer);
}
