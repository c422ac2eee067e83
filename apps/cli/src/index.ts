// The library: what `import … from 'p2p-copy'` gives. The command line is a thin layer over it.

export { DEFAULT_RELAY } from './constants/relay-address.ts';
export {
  type ClassicReceiveOptions,
  type ClassicSendOptions,
  type ClassicSendResult,
  receiveClassic,
  sendClassic,
} from './library/classic/index.ts';
export type {
  AcceptedOffer,
  Amounts,
  ChangedFile,
  Conflict,
  EndNote,
  ErrorCode,
  FailedFile,
  LeftOut,
  NameCounts,
  Offer,
  OfferChanges,
  OfferEntry,
  OverwriteAction,
  OverwritePolicy,
  PassedOnRelay,
  ReceiveNote,
  ReceiveResult,
  RefusedRow,
  RiskyPolicy,
  SendResult,
  TransferEvent,
  Unsendable,
  UnsendableReason,
} from './library/public-types.ts';
export { type ReceiveOptions, receive } from './library/receive.ts';
export type { RelayOptions } from './library/relay/relay-options.ts';
export { type ReloadReport, type RunningRelay, startRelay } from './library/relay/start-relay.ts';
export { type SendOptions, send } from './library/send.ts';
export { TransferError } from './library/transfer-error.ts';
