// The one error class, and how it crosses the wire and worker boundaries. The codes are in error-table.ts.
import { ERROR_TABLE, type ErrorCode } from './error-table.ts';

/** Why a transfer failed. Branch on `code`; `message` is for people and holds no secret. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  readonly code: ErrorCode;
  /** Of a sink: whether the same may work later, when the disk has room or is writable again. */
  readonly mayPass: boolean;

  /** @param message What happened, if more is known than the table's sentence. */
  constructor(code: ErrorCode, message?: string, options?: { cause?: unknown; mayPass?: boolean }) {
    super(message ?? ERROR_TABLE[code].sentence, options);
    this.code = code;
    this.mayPass = options?.mayPass ?? false;
  }

  /** What the person can do next. */
  get next(): string {
    return ERROR_TABLE[this.code].next;
  }
}

/** A bug of ours: never caught to go on. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws InvariantError unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The code behind a wire number, or null for an unknown number. */
export function errorCodeOfWire(wire: number): ErrorCode | null {
  for (const [code, entry] of Object.entries(ERROR_TABLE)) {
    if (entry.wire === wire) return code as ErrorCode;
  }
  return null;
}

/** The code to tell the other end: itself if it has a wire number, else `instead`. */
export function wireCode(code: ErrorCode, instead: ErrorCode): ErrorCode {
  return ERROR_TABLE[code].wire === null ? instead : code;
}

/** A TransferError as a plain record, to cross a worker boundary. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  next: string;
}

export function toErrorRecord(error: TransferError): ErrorRecord {
  return { code: error.code, message: error.message, next: error.next };
}

export function fromErrorRecord(record: ErrorRecord): TransferError {
  return new TransferError(record.code, record.message);
}
