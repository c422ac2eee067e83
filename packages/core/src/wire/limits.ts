// What the wire between the two ends fixes. docs/PROTOCOL.md section 14 prints this table; a test compares.

/** Unit of reading, hashing, sealing and repair. */
export const CHUNK_BYTES = 256 * 1024;
/** Largest plaintext of a record: its two header bytes included. */
export const MAX_RECORD_BYTES = 1024 * 1024;
/** Slices in one data record. */
export const MAX_SLICES = 1024;
/** Digests in one digests record. */
export const MAX_DIGESTS = 4096;
/** Told digests of one session that the receiver hasn't answered. */
export const MAX_AHEAD = 4096;
/** Smallest file that is compared. */
export const MIN_COMPARED_BYTES = 256 * 1024;
/** Entries in one manifest. */
export const MAX_ENTRIES = 1_000_000;
/** Files and folders that a sender can say it could not send; it says no more of them. */
export const MAX_UNSENT = 1_000_000;
/** Bytes of all paths of one manifest together, and of all targets of links. */
export const MAX_PATHS_BYTES = 128 * 1024 * 1024;
/** Entries in one page of a manifest: they are checked without a pause. */
export const MAX_PAGE_ENTRIES = 4096;
/** JSON of a control message, in UTF-8: it is parsed without a pause. */
export const MAX_CONTROL_BYTES = 256 * 1024;
/** Manifests that a receiver reads in one transfer, over all its sessions: the first, and one for each change. */
export const MAX_OFFERS = 100;
/** A sender begins a new manifest page when this many bytes of JSON are in one. */
export const MANIFEST_PAGE_BYTES = 128 * 1024;
/** Times that files which changed while they were sent are sent again in one transfer. */
export const MAX_AGAIN = 3;

/** Files that a receiver can't save, each for itself, before it takes that for a fault of its disk. */
export const MAX_UNSAVED_FILES = 100;

/** Content of these that is let go in a session before it ends: nothing tells the sender to leave them out. */
export const MAX_LET_GO_BYTES = 32 * 1024 * 1024;
/** Largest text message. */
export const MAX_TEXT_BYTES = 1024 * 1024;
/** Permission bits of an entry: none that change who runs a program. */
export const MAX_MODE = 0o777;
/** Lanes of one transfer. */
export const MAX_LANES = 16;
/** Largest greeting. */
export const MAX_GREETING_BYTES = 4096;
/** Features that an end or a relay tells, and the length of a feature's name. */
export { MAX_FEATURE_LENGTH, MAX_FEATURES } from '../relay-protocol/constants.ts';
/** Nameplates that a sender draws of each length, from two digits on, before it gives up. */
export const MAX_DRAWS_PER_LENGTH = 3;
/** Longest pause before another attempt that an end lets a relay ask for. */
export const MAX_PAUSE_MS = 60_000;
/** Largest window a receiver may grant beyond what it has durably. */
export const MAX_WINDOW_BYTES = 256 * 1024 * 1024;
/** UTF-16 units of a text in which a code is looked for, and of a code that a sender chose. */
export const MAX_TYPED_CODE_LENGTH = 4096;
/** Unanswered confirmations of a receiver under one code, after which it refuses the code. */
export const MAX_UNANSWERED_CONFIRMATIONS = 3;
/** Codes whose unanswered confirmations a process or page remembers. */
export const MAX_REMEMBERED_CODES = 1000;
/** Milliseconds for which a sender that is started anew with everything acknowledged seeks its receiver. */
export const CONFIRMATION_SEEK_MS = 20_000;
/** Milliseconds for which a receiver that is started anew with everything received seeks its sender. */
export const RECEIPT_SEEK_MS = 2_000;
/** Milliseconds for which a receiver without an answer to its confirmation seeks the sender on lane 0. */
export const ANSWER_SEEK_MS = 20_000;
/** Milliseconds for which an end waits for the other at one relay before it dials anew. */
export const MEET_WAIT_MS = 20_000;
/** Milliseconds for which a sender may say that its codes are valid: 14 days. A timer takes no more than 24. */
export const MAX_WAIT_MS = 14 * 24 * 3_600_000;
/** Joiners of one `send` that leave after they have seen the sender's share, at the last of which it is over. */
export const MAX_OPENED_IN_VAIN = 20;
/** Handshakes of one `receive` that are begun by themselves after one that was lost, before this end's confirmation. */
export const MAX_LOST_HANDSHAKES = 20;
/** Codes of one `send` that wrong guesses may burn, at the last of which it is over. */
export const MAX_BURNED_CODES = 10;
/** All guesses of one `send` together may succeed with 2 to the power of minus this. */
export const GUESS_BUDGET_BITS = 19;
/** Times that a sender waits again under a code, in a row, without a pause. */
export const MAX_QUICK_WAITS = 100;
/** Milliseconds after which one more of these is allowed. */
export const WAIT_INTERVAL_MS = 200;
/** Addresses in a `reach` record. */
export const MAX_REACH_ADDRESSES = 16;
/** `reach` records that an end takes in a session: the first, and others for WebRTC. */
export const MAX_REACHES = 8;
/** Candidates of WebRTC in a `reach` record. */
export const MAX_RTC_CANDIDATES = 8;
/** Milliseconds for which candidates are still gathered once an offer is accepted. */
export const RTC_GATHER_MS = 500;
/** Milliseconds after acceptance at which a receiver first offers WebRTC where TCP or QUIC may connect both ends, and hasn't so far. */
export const RTC_OFFER_MS = 500;
/** Milliseconds that TCP and QUIC have before a sender opens a data channel. */
export const RTC_HEAD_MS = 5_000;
/** Bytes of a message on a data channel: messages of a lane are cut to pieces of this size. */
export const RTC_PIECE_BYTES = 64 * 1024;
/** Data channels of a connection that are open at once. */
export const MAX_RTC_CHANNELS = 32;
/** Bytes that have arrived on all data channels of a connection and wait to be taken, beyond which it is closed. */
export const MAX_RTC_WAITING_BYTES = 32 * 1024 * 1024;
/** Dials of one transfer that lead to nobody who proves to be the other end. */
export const MAX_DIALS = 8;
/** Places that checks of ICE are sent to in one transfer, those included that were named beside one where the other end is. */
export const MAX_RTC_PLACES = 32;
/** Connections of a listener that wait for their first frame. */
export const MAX_HALF_OPEN = 16;
/** Milliseconds for which a listener waits for the first frame. */
export const FIRST_FRAME_MS = 10_000;
/** Dials of the other end that a listener takes in one transfer. */
export const MAX_TAKEN_DIALS = 1000;
/** Times in a session that a sender finds out whether QUIC brings more than TCP, or seeks TCP beside QUIC. */
export const MAX_QUIC_TRIALS = 3;
/** QUIC handshakes under way at a port; the next one waits. */
export const MAX_QUIC_HANDSHAKES = 256;
/** Bytes of a QUIC connection that may wait to be read. */
export const MAX_QUIC_WINDOW_BYTES = 8 * 1024 * 1024;
/** Bytes of a first frame. */
export const FIRST_FRAME_BYTES = 32;
/** Bytes of a wrapped message of a handshake. */
export const MAX_WRAPPED_BYTES = 4096;
/** Milliseconds that direct ways have before the relay is tried too, for a lane beside lane 0. */
export const RELAY_HEAD_MS = 2_000;
/** Milliseconds without a direct path after which a transfer that may take no other ends. */
export const DIRECT_WAIT_MS = 20_000;
/** Shortest reconnect timeout of a lane where a direct path is sought: the sender cuts lanes to move them. */
export const MOVED_LANE_MS = 10_000;
/** Others in a room that a client believes its relay; one that names more is given up. PROTOCOL.md section 19. */
export const MAX_KNOWN_MEMBERS = 1_024;
/** Events of a room that wait for its app before its connection isn't read any more. */
export const MAX_WAITING_EVENTS = 1_024;
/** Time without a word of the relay after which a client in rooms asks whether it is there, in ms. */
export const QUIET_RELAY_MS = 20_000;
/** Time without a word of the relay after which a client in rooms takes its connection for lost, in ms. */
export const SILENT_RELAY_MS = 30_000;
/** Bytes of a device's name, in UTF-8. */
export const MAX_DEVICE_NAME_BYTES = 64;
/** Members of a group. */
export const MAX_GROUP_MEMBERS = 64;
/** Statements of a group's chain. */
export const MAX_CHAIN_STATEMENTS = 512;
/** Bytes of a group's chain. */
export const MAX_CHAIN_BYTES = 256 * 1024;
/** Milliseconds for which a member stays in the room of an older epoch: 30 days. */
export const OLD_ROOM_MS = 30 * 24 * 3_600_000;
/** Rooms of older epochs in which a member stays, the newest ones. */
export const MAX_OLD_ROOMS = 7;
/** Bytes of a sealed card: as many as a relay takes. */
export const MAX_SEALED_CARD_BYTES = 4096;
/** Different cards that an end takes in one room before it has to enter anew. */
export const MAX_ROOM_ENTRIES = 1024;
/** Bytes of the padded plaintext of a message in a room. */
export const MAX_ROOM_PLAINTEXT_BYTES = 32 * 1024;
/** Messages of one member of a room that are answered between two beats. */
export const MAX_ANSWERS_A_BEAT = 8;
/** The same for all entries of one device in a room, and for all empty cards in it together. */
export const MAX_DEVICE_ANSWERS_A_BEAT = 32;
/** Beats in a row without an answer, after which a device isn't shown as there. */
export const MAX_MISSED_BEATS = 3;
/** Milliseconds for which a relay, or a proxy on the way to it, may say nothing while it is dialled. */
export const DIAL_SILENCE_MS = 10_000;
/** Milliseconds after which a relay that has not opened its connection is given up, however much it has said. */
export const DIAL_MS = 30_000;
/** Milliseconds for which two devices that pair stay connected while their people compare words: 10 minutes. */
export const PAIR_DEADLINE_MS = 10 * 60_000;
/** Milliseconds for which a device that said it comes is waited for. */
export const DEVICE_MEET_MS = 30_000;
/** Milliseconds for which an answer of a device in a room is waited for. */
export const DEVICE_ANSWER_MS = 10_000;
/** Milliseconds for which a device that has changed its group stays to tell the others that are there. */
export const TELL_CHANGE_MS = 30_000;
/** Syncs that a device asks for at once, each with another device; one with each is taken that asks, and one with an empty card. */
export const MAX_SYNCS_AT_ONCE = 4;
/** Longest pause, in beats of 5 s, after a sync that failed: 1 at first, doubled each time. */
export const MAX_SYNC_PAUSE_BEATS = 64;
