// The one error class, and how it crosses the wire and worker boundaries. The codes are in error-table.ts.
import { ERROR_TABLE, type ErrorCode } from './error-table.ts';
import { InvariantError } from './invariant.ts';

/** Why a transfer failed. Branch on `code`; `message` is for people and holds no secret. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly code: ErrorCode;
  /** Of a sink and of a relay: whether the same may work later, when the disk has room or the network is back. */
  readonly retryable: boolean;
  /** Of a relay: the pause that it asks for before another attempt, in ms; 0 when it asks for none. */
  readonly retryAfterMs: number;
  /** Of a connection: whether its carrier said that it shuts down, and others go on. */
  readonly isPlanned: boolean;

  /** @param message What happened, if more is known than the table's sentence. */
  constructor(
    code: ErrorCode,
    message?: string,
    options?: { cause?: unknown; retryable?: boolean; retryAfterMs?: number; isPlanned?: boolean },
  ) {
    super(message ?? ERROR_TABLE[code].sentence, options);
    this.code = code;
    this.retryable = options?.retryable ?? false;
    this.retryAfterMs = options?.retryAfterMs ?? 0;
    this.isPlanned = options?.isPlanned ?? false;
  }

  /** What the person can do next. */
  get next(): string {
    return ERROR_TABLE[this.code].next;
  }
}

/**
 * What was thrown, as an error of the table.
 * @throws Error as it is when it is none: a bug of ours isn't dressed up as something that happened to a person
 */
export function asTransferError(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  throw error instanceof Error ? error : new InvariantError(String(error));
}

/** The code behind a wire number, or null for an unknown number. */
export function errorCodeOfWire(wire: number): ErrorCode | null {
  for (const [code, entry] of Object.entries(ERROR_TABLE)) {
    if (entry.wire === wire) return code as ErrorCode;
  }
  return null;
}

/** What the other end is told where the two sides see different things. */
const TOLD: Partial<Record<ErrorCode, ErrorCode>> = { 'update-needed': 'peer-outdated' };

/** The code to tell the other end: its own or the other side's view of it, if that has a wire number, else `instead`. */
export function wireCode(code: ErrorCode, instead: ErrorCode): ErrorCode {
  const told = TOLD[code] ?? code;
  return ERROR_TABLE[told].wire === null ? instead : told;
}

/** Whether the other end can be told. */
export function crossesWire(code: ErrorCode): boolean {
  return ERROR_TABLE[TOLD[code] ?? code].wire !== null;
}

/** A TransferError as a plain record, to cross a worker boundary. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  next: string;
}

/** An error as plain data, to cross a worker’s boundary. */
export function toErrorRecord(error: TransferError): ErrorRecord {
  return { code: error.code, message: error.message, next: error.next };
}

/** The error that `toErrorRecord` made the record of, with the cause that crossed beside it, if any. */
export function fromErrorRecord(record: ErrorRecord, cause?: unknown): TransferError {
  return new TransferError(record.code, record.message, { cause });
}
