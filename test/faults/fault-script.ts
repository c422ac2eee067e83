// What goes wrong with a connection, message by message. Pure: says what to do with each message and knows no socket.
import { encodeFrame, type Frame, OPCODE } from './websocket-frames.ts';

export type Fault =
  | { kind: 'delay'; ms: number }
  /** From this message on. */
  | { kind: 'throttle'; bytesPerSecond: number }
  /** The connection ends with RST (`cut`) or FIN (`close`); a number: after that many bytes of the message. */
  | { kind: 'cut' | 'close'; where: 'before' | 'after' | number }
  /** Both sockets stay open and nothing passes any more; with `thenReset`, once one of them ends, so does the other. */
  | { kind: 'half-open'; thenReset: boolean }
  | { kind: 'repeat' | 'drop' }
  | { kind: 'truncate'; bytes: number }
  /** Passes behind the next one. */
  | { kind: 'swap' }
  /** One bit of the WebSocket header, or of the sealed message's ciphertext or tag. */
  | { kind: 'flip'; part: 'header' | 'ciphertext' | 'tag'; at: number; bit: number }
  /** Another session's message in place of this one, by index in what was recorded of it. */
  | { kind: 'splice'; recorded: number };

/** `up` is from the end to the relay. */
export type Direction = 'up' | 'down';

export interface ScheduledFault {
  /** Counted from 0 as connections are made to the proxy. */
  connection: number;
  direction: Direction;
  /** Binary message of that direction, from 0: the first four of a sender, three of a receiver, are the handshake, then come records. */
  at: number;
  fault: Fault;
}

export type Action =
  | { do: 'send'; bytes: Uint8Array }
  | { do: 'wait'; ms: number }
  | { do: 'throttle'; bytesPerSecond: number }
  | { do: 'end'; how: 'cut' | 'close' }
  | { do: 'freeze'; thenReset: boolean };

export interface ScriptState {
  /** Binary messages so far. */
  count: number;
  held: Frame | null;
}

export const START: ScriptState = { count: 0, held: null };

const TAG_BYTES = 16;

export interface Script {
  /** The faults of one direction of one connection. */
  faults: ReadonlyMap<number, Fault>;
  /** What `splice` takes its messages from. */
  recorded: readonly Uint8Array[];
}

export function stepScript(
  state: ScriptState,
  frame: Frame,
  { faults, recorded }: Script,
): { state: ScriptState; actions: Action[]; fired: Fault | null } {
  // Only records are counted: what the relay and an end say to each other passes.
  if (frame.opcode !== OPCODE.binary) return { state, actions: [send(frame.raw)], fired: null };
  const fault = faults.get(state.count) ?? null;
  const count = state.count + 1;
  if (fault?.kind === 'swap') return { state: { count, held: frame }, actions: [], fired: fault };
  const actions = fault === null ? [send(frame.raw)] : actionsOf(fault, frame, recorded);
  const held = state.held === null ? [] : [send(state.held.raw)];
  return { state: { count, held: null }, actions: [...actions, ...held], fired: fault };
}

function actionsOf(
  fault: Exclude<Fault, { kind: 'swap' }>,
  frame: Frame,
  recorded: readonly Uint8Array[],
): Action[] {
  switch (fault.kind) {
    case 'delay':
      return [{ do: 'wait', ms: fault.ms }, send(frame.raw)];
    case 'throttle':
      return [{ do: 'throttle', bytesPerSecond: fault.bytesPerSecond }, send(frame.raw)];
    case 'cut':
    case 'close':
      return [...sentBefore(fault.where, frame), { do: 'end', how: fault.kind }];
    case 'half-open':
      return [{ do: 'freeze', thenReset: fault.thenReset }];
    case 'repeat':
      return [send(frame.raw), send(frame.raw)];
    case 'drop':
      return [];
    case 'truncate':
      return [message(frame, frame.payload.subarray(0, Math.max(0, frame.payload.length - fault.bytes)))];
    case 'flip':
      return [flipped(fault, frame)];
    case 'splice':
      return [message(frame, recorded[fault.recorded % recorded.length]!)];
  }
}

function sentBefore(where: 'before' | 'after' | number, { raw }: Frame): Action[] {
  if (where === 'before') return [];
  // Never the whole message: that would be `after`.
  return [send(where === 'after' ? raw : raw.subarray(0, Math.min(where, raw.length - 1)))];
}

function flipped({ part, at, bit }: Fault & { kind: 'flip' }, frame: Frame): Action {
  const bytes = Uint8Array.from(part === 'header' ? frame.raw : frame.payload);
  const tagAt = Math.max(0, frame.payload.length - TAG_BYTES);
  const [from, length] = {
    header: [0, frame.headerBytes],
    // A handshake message may be shorter than a tag.
    ciphertext: [0, Math.max(1, tagAt)],
    tag: [tagAt, frame.payload.length - tagAt],
  }[part] as [number, number];
  bytes[from + (at % length)]! ^= 1 << (bit & 7);
  return part === 'header' ? send(bytes) : message(frame, bytes);
}

function message({ opcode, isMasked }: Frame, payload: Uint8Array): Action {
  return send(encodeFrame(opcode, payload, isMasked));
}

function send(bytes: Uint8Array): Action {
  return { do: 'send', bytes };
}
