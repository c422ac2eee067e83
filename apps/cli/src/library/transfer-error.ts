// The engine's error class under the library's name and type.
import { TransferError as EngineError } from '@p2p-copy/core';
import type { ErrorCode, TransferError as PublicError } from './public-types.ts';

/** What `send`, `receive` and their like reject with. */
export interface TransferError extends PublicError {}

/** For `instanceof`, and for errors of one's own in callbacks. */
export const TransferError: {
  new (code: ErrorCode, message?: string, options?: { cause?: unknown }): TransferError;
  readonly prototype: TransferError;
} = EngineError;
