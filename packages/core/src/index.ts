// The engine as apps see it.

export {
  type FailedFile,
  type LeftOut,
  MOST_LEFT_OUT_NAMED,
  type TransferEvent,
  type TransferResult,
} from './api/events.ts';
export {
  type AcceptingAnswer,
  type CompressMode,
  DEFAULT_RECONNECT_TIMEOUT_MS,
  DEFAULT_WAIT_MS,
  type EnginePorts,
  type PathChoice,
  type PlatformPorts,
  type ReceiveOptions,
  type ReviewAnswer,
  type SendOptions,
} from './api/options.ts';
export type { ChangedFile, PinnedEntry } from './api/pinned-entry.ts';
export { type Stop, stopOf } from './api/stop.ts';
export { Pace } from './async/pace.ts';
export { webBulkCrypto } from './crypto/web-bulk-crypto.ts';
export { copyFinal, newerExisting } from './delta/newer-existing.ts';
export type { RefusedRow } from './delta/refused-chunks.ts';
export type { ChangeTold, DeviceOffer, GroupEvent, GroupPresenceOptions } from './devices/group-events.ts';
export { GroupPresence } from './devices/group-presence.ts';
export {
  DEFAULT_PAIR_WORDS,
  type PairByCodeOptions,
  type PairEvent,
  pairByCode,
} from './devices/pair-by-code.ts';
export { readSessionDescription, sessionDescription } from './direct/session-description.ts';
export { directMessageLimit } from './direct/wrapped-channel.ts';
export { isPeerOnceAfter } from './flow/peer-once.ts';
export { type Progress, ProgressMeter } from './flow/progress-meter.ts';
export { RateHistory } from './flow/rate-history.ts';
export { RateLimit } from './flow/rate-limit.ts';
export { TransferTally } from './flow/transfer-tally.ts';
export { hexOf, isZero } from './foundation/bytes.ts';
export type { Clock } from './foundation/clock.ts';
export { ERROR_TABLE, type ErrorCode } from './foundation/error-table.ts';
export { type ErrorRecord, fromErrorRecord, TransferError, toErrorRecord } from './foundation/errors.ts';
export { addIndex, type IndexRange, indicesIn } from './foundation/index-ranges.ts';
export { InvariantError, invariant } from './foundation/invariant.ts';
export { NEXT_OF_SIDE, nextStepOf, type Side, STAGED_ENDS } from './foundation/next-step.ts';
export {
  grownAge,
  isAgeWorthNoting,
  type Moment,
  type ObservedAge,
  parseObservedAge,
} from './foundation/observed-age.ts';
export { afterDelay } from './foundation/timer-delay.ts';
export { Chain, type Member } from './group/chain.ts';
export { deriveMdnsKey, deriveRoomKey, type RoomScope } from './group/group-keys.ts';
export type { EpochSecret, GroupNote, HeldSecret } from './group/group-note.ts';
export type { Fork } from './group/merge-chains.ts';
export {
  OwnGroup,
  type Taken,
} from './group/own-group.ts';
export {
  type DeviceClass,
  type DeviceKind,
  isDeviceName,
} from './identity/device-name.ts';
export { type DeviceKey, deviceKeyOf } from './identity/device-signature.ts';
export type { FirstSession, MetSession } from './link/met-session.ts';
export { codeUnasked, slipSentence } from './meeting/code-unasked.ts';
export { type Served, terminalLine } from './meeting/terminal-line.ts';
export {
  type CodeSlip,
  type LinkedRelay,
  readTypedCode,
  type SlippedCode,
  type TypedCode,
} from './meeting/typed-code.ts';
export { checkPath, holdsOnWindows, isWindowsDevice } from './names/check-path.ts';
export { couldRun, endingOf } from './names/could-run.ts';
export { type DiskNames, heldPaths } from './names/held-names.ts';
export { nearestFolders } from './names/nearest-folders.ts';
export { numberedPath, numberedPaths } from './names/numbered-path.ts';
export { partName } from './names/part-name.ts';
export { PlacedPaths } from './names/placed-paths.ts';
export type { Landing } from './names/risky-name.ts';
export { ANY_RECEIVER, SendableNames, unsendablePath } from './names/sendable-names.ts';
export { type NameCounts, type NameSurvey, nameCounts, surveyNames } from './names/survey-names.ts';
export {
  UNSENDABLE_REASONS,
  type Unsendable,
  type UnsendableEntry,
  unsendableEntry,
} from './names/unsendable.ts';
export { leftOutOf } from './offer/left-out.ts';
export { FirstOffer, type OfferChanges } from './offer/offer-changes.ts';
export { isModestChange, matchOffer, type OfferMatch } from './offer/pinned-offer.ts';
export {
  type DeviceSession,
  type DeviceSessionOptions,
  expectBothMembers,
  meetDevice,
} from './pairing/device-session.ts';
export type { Hello } from './pairing/hello.ts';
export {
  type PairAnswer,
  type Paired,
  type PairingOptions,
  type PairQuestion,
  pairDevices,
} from './pairing/pair-devices.ts';
export type { BulkCrypto, GcmKey } from './ports/bulk-crypto.ts';
export type {
  ByteSink,
  ExistingContent,
  ExpectedContent,
  FolderSettings,
  FolderSink,
  NameRules,
} from './ports/byte-sink.ts';
export type { ByteSource, SourceEntry } from './ports/byte-source.ts';
export type { Channel, ChannelEnd, ChannelEvent } from './ports/channel.ts';
export type {
  DirectAddress,
  DirectChannel,
  DirectListener,
  DirectNetwork,
} from './ports/direct-network.ts';
export { type EntryKind, hasContent, type ManifestEntry } from './ports/entry.ts';
export type { Path, PathKind } from './ports/path.ts';
export type { DialOptions, DialRelay, RelaySocket, SocketEvent } from './ports/relay-socket.ts';
export type {
  HeldNameplate,
  Missing,
  Nameplates,
  Outage,
  Rendezvous,
  RendezvousAt,
  Role,
} from './ports/rendezvous.ts';
export type { Room, RoomEvent, RoomMember, Rooms } from './ports/rooms.ts';
export {
  RTC_LOW_BYTES,
  type RtcCandidate,
  type RtcChannelHooks,
  type RtcConnection,
  type RtcConnectionOptions,
  type RtcDataChannel,
  type RtcDescription,
  type RtcNetwork,
} from './ports/rtc-network.ts';
export type { UnsendableReason } from './ports/unsendable.ts';
export type { Zstd } from './ports/zstd.ts';
export type { PresentMember } from './presence/present-member.ts';
export type { DeviceTask, ListedEntry, RoomMessage } from './presence/room-message.ts';
export { RoomPresence } from './presence/room-presence.ts';
export type { Outgoing, PresenceEvent, RoomResult, VisitOptions } from './presence/visit.ts';
export { originOf } from './relay-client/access-proofs.ts';
export { relayRendezvous } from './relay-client/relay-rendezvous.ts';
export { relayRooms } from './relay-client/relay-rooms.ts';
export { parseAccessToken } from './relay-protocol/access-token.ts';
export { NAMEPLATE_RESERVED_MS } from './relay-protocol/constants.ts';
export { relayEndpoint } from './relay-protocol/socket-url.ts';
export { readToldAddresses, type ToldAddresses, toldAddress } from './relay-protocol/told-addresses.ts';
export { receiveFiles, receiveFromDevice } from './transfer/receive-files.ts';
export { sendFiles, sendToDevice } from './transfer/send-files.ts';
export {
  type Code,
  codeLink,
  completeWord,
  DEFAULT_WORDS,
  drawSecret,
  FINGERPRINT_PARAMETER,
  formatCode,
  MAX_WORDS,
  parseCode,
} from './wire/code.ts';
export {
  DIAL_MS,
  DIAL_SILENCE_MS,
  MAX_QUIC_HANDSHAKES,
  MAX_QUIC_WINDOW_BYTES,
  MAX_REACH_ADDRESSES,
  MAX_WAIT_MS,
  MIN_COMPARED_BYTES,
  RECEIPT_SEEK_MS,
} from './wire/limits.ts';
export type { Manifest } from './wire/manifest.ts';
