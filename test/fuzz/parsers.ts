// Every function that first looks at what someone else chose, with good input to begin from. New parsers go here.
import { readFileSync } from 'node:fs';
import { parseClassicHello } from '../../apps/relay/src/classic/hello.ts';
import { parseChunkMessage } from '../../packages/core/src/classic/chunk-message.ts';
import { parseClassicMessage } from '../../packages/core/src/classic/classic-message.ts';
import { splitFrames, statedContentSize } from '../../packages/core/src/compression/zstd-frame.ts';
import { decodeZstdPayload } from '../../packages/core/src/compression/zstd-payload.ts';
import { cpaceSharedPoint } from '../../packages/core/src/crypto/cpace.ts';
import { firstFrame, readFirstFrame } from '../../packages/core/src/crypto/first-frame.ts';
import { decodeBase64url } from '../../packages/core/src/foundation/base64url.ts';
import { type Bytes, textOf, utf8 } from '../../packages/core/src/foundation/bytes.ts';
import { Chain } from '../../packages/core/src/group/chain.ts';
import { parseDeviceName } from '../../packages/core/src/identity/device-name.ts';
import { manifestFault } from '../../packages/core/src/names/check-manifest.ts';
import { checkPath } from '../../packages/core/src/names/check-path.ts';
import { partName } from '../../packages/core/src/names/part-name.ts';
import { parseHello } from '../../packages/core/src/pairing/hello.ts';
import { parseSecrets } from '../../packages/core/src/pairing/sync-group.ts';
import { parseRoomMessage } from '../../packages/core/src/presence/room-message.ts';
import { addressSpaceOf } from '../../packages/core/src/relay-protocol/address-space.ts';
import {
  isReleaseMessage,
  parseFirstMessage,
  parseRelayMessage,
} from '../../packages/core/src/relay-protocol/index.ts';
import { redirectTarget } from '../../packages/core/src/relay-protocol/redirect.ts';
import { parseAheadBody } from '../../packages/core/src/wire/ahead-record.ts';
import { parseChosenCode, parseCode } from '../../packages/core/src/wire/code.ts';
import { parseControlMessage } from '../../packages/core/src/wire/control-message.ts';
import { parseDataBody } from '../../packages/core/src/wire/data-record.ts';
import { parseDigestsBody } from '../../packages/core/src/wire/digests-record.ts';
import { parseGreeting } from '../../packages/core/src/wire/greeting.ts';
import { parseKeepBody } from '../../packages/core/src/wire/keep-record.ts';
import { MAX_LANES } from '../../packages/core/src/wire/limits.ts';
import { ManifestReader } from '../../packages/core/src/wire/manifest.ts';
import { parseReach } from '../../packages/core/src/wire/reach-record.ts';
import { decodeRecord } from '../../packages/core/src/wire/record.ts';
import { parseAcknowledgedBody, parseResumeBody } from '../../packages/core/src/wire/resume-record.ts';
import { zstdCodec } from '../../packages/core/test/transfer/rig/zstd-codec.ts';

export interface Parser {
  name: string;
  parse(bytes: Bytes): unknown;
  samples: Bytes[];
  /** How many more bytes than it was given it may hold when it returns. */
  maxGrowthBytes?: number;
  /** How many cases in `npm test`, in place of the usual number: one costs more. */
  cases?: number;
}

const ZEROS = 'A'.repeat(43);
const devices: { statements: { bytes: string }[]; hellos: string[] } = JSON.parse(
  readFileSync(new URL('../../packages/core/test/fixtures/devices-v3.json', import.meta.url), 'utf8'),
);
const CHAIN = devices.statements.flatMap(({ bytes: hex }) => {
  const statement = Buffer.from(hex, 'hex');
  const { length } = statement;
  return [(length & 127) | 128, length >> 7, ...statement];
});
const MAX_DECODED_BYTES = 64 * 1024;

function text(name: string, parse: (text: string) => unknown, samples: string[]): Parser {
  return { name, parse: (bytes) => parse(lossyText(bytes)), samples: samples.map(utf8) };
}

function bytes(
  name: string,
  parse: (bytes: Bytes) => unknown,
  samples: (string | number[])[],
  more = {},
): Parser {
  const bytesOf = (sample: string | number[]) =>
    typeof sample === 'string' ? utf8(sample) : Uint8Array.from(sample);
  return { name, parse, samples: samples.map(bytesOf), ...more };
}

const u32 = (value: number) => [0, 0, 0, 0].map((_, i) => (value >>> (24 - 8 * i)) & 0xff);
const u64 = (value: number) => [...u32(Math.floor(value / 2 ** 32)), ...u32(value >>> 0)];
const times = (count: number, value = 7) => Array.from({ length: count }, () => value);

export const PARSERS: Parser[] = [
  text('relay-first-message', parseFirstMessage, [
    '{"type":"allocate","version":2}',
    '{"type":"allocate","version":2,"nameplate":"123"}',
    '{"type":"allocate","version":3,"nameplate":"47","drawn":true,"features":["direct"]}',
    `{"type":"hello","version":2,"role":"sender","key":"7","token":"${'a'.repeat(22)}"}`,
    `{"type":"hello","version":2,"role":"receiver","key":"${ZEROS}"}`,
  ]),
  text('relay-redirect', (url) => redirectTarget({ relayUrl: 'https://relay.example', address: null }, url), [
    'wss://other.example/path',
    'https://[2606:4700::1]:8443',
    'wss://192.168.0.1',
  ]),
  text('address', addressSpaceOf, [
    '10.0.0.1',
    '[fe80::1%eth0]',
    '::ffff:127.0.0.1',
    'localhost',
    '64:ff9b::1',
  ]),
  text('relay-release', isReleaseMessage, ['{"type":"release"}']),
  text('classic-hello', parseClassicHello, ['{"type":"hello","role":"sender","code_hash_hex":"c0de"}']),
  text('relay-message', parseRelayMessage, [
    '{"type":"ready"}',
    `{"type":"allocated","nameplate":"7","token":"${'a'.repeat(22)}"}`,
    `{"type":"allocated","nameplate":"17","token":"${'a'.repeat(22)}","features":["direct"]}`,
    '{"type":"redirect","url":"wss://other.example"}',
    '{"type":"error","code":"rate-limited","message":"Wait.","retryAfterMs":500,"digits":3}',
  ]),
  bytes('classic-message', parseClassicMessage, [
    '{"type":"manifest","resume":true,"entries":[{"path":"a/b","size":5}]}',
    `{"type":"enc_manifest","nonce":"${'0'.repeat(64)}","hidden_manifest":"00ff"}`,
    `{"type":"receiver_manifest","entries":[{"path":"a","size":5,"chain_hex":"${'0'.repeat(64)}"}]}`,
    '{"type":"enc_receiver_manifest","hidden_manifest":"00"}',
    '{"type":"file","path":"a","size":9,"compression":"zstd","append_from":3}',
    '{"type":"enc_file","hidden_file":"00"}',
    '{"type":"eof"}',
  ]),
  bytes('classic-chunk', parseChunkMessage, [[...u64(3), ...times(32), ...times(9)]]),
  bytes('greeting', parseGreeting, [
    `{"versions":[2,3],"role":"sender","nonce":"${ZEROS}","lanes":4}`,
    `{"versions":[3],"role":"sender","nonce":"${ZEROS}","lanes":4,"features":["direct","share.1"]}`,
  ]),
  bytes('cpace-share', (found) => cpaceSharedPoint(12345n, found), [times(32, 0), times(32, 255)], {
    cases: 300,
  }),
  bytes('record', decodeRecord, [
    [1, 0, ...utf8('{"type":"bye"}')],
    [2, 1, 9],
    [3, 0, ...times(44)],
    [200, 255, 1],
  ]),
  bytes('data-body', parseDataBody, [
    [...u64(0), 0, 1, ...u32(0), ...u64(0), ...u32(3), 1, 2, 3],
    [...u64(9), 0, 2, ...u32(1), ...u64(262_144), ...u32(1), ...u32(2), ...u64(0), ...u32(2), 1, 2, 3],
  ]),
  bytes('digests-body', parseDigestsBody, [[...u32(0), ...u64(5), ...times(32)], times(88, 0)]),
  bytes('ahead-body', parseAheadBody, [[...u32(0), ...u32(0), ...u32(1), ...times(32)]]),
  bytes('keep-body', parseKeepBody, [[...u32(0), ...u32(0), ...u32(3), 1]]),
  bytes('acknowledged-body', parseAcknowledgedBody, [u64(5)]),
  bytes('resume-body', (body) => parseResumeBody(body, false), [[...times(16), ...u64(5)], times(24, 0)]),
  bytes('resume-body-with-generation', (body) => parseResumeBody(body, true), [
    [...times(16), ...u64(5), ...u32(1)],
    times(28, 0),
  ]),
  bytes('reach-body', parseReach, [
    `{"nonce":"${'A'.repeat(22)}","addresses":[],"only":false}`,
    `{"nonce":"${'A'.repeat(22)}","addresses":[{"host":"10.0.0.1","port":1024},{"host":"2001:db8::1","port":65535}],"only":true}`,
    `{"nonce":"${'A'.repeat(22)}","addresses":[],"quic":[{"host":"10.0.0.1","port":1024}],"only":true}`,
    `{"nonce":"${'A'.repeat(22)}","addresses":[{"host":"fe80::1%eth0","port":80},{"host":"example.org","port":5000}]}`,
  ]),
  bytes(
    'first-frame',
    (frame) => readFirstFrame(frame, Uint8Array.from(times(32)), 'sender', MAX_LANES),
    [[...firstFrame(Uint8Array.from(times(32)), 'sender', 3).frame], times(32)],
    { cases: 2_000 },
  ),
  bytes('control-message', parseControlMessage, [
    '{"type":"manifest","entries":[{"path":"a","size":1},{"path":"b","kind":"folder"}]}',
    '{"type":"manifest-end","entries":2}',
    '{"type":"skip","ranges":[[0,3],[7,7]]}',
    '{"type":"delivered","ranges":[[0,3]]}',
    '{"type":"refuse","ranges":[[4,4]],"code":41}',
    '{"type":"compare","files":[[0,3],[7,1]]}',
    `{"type":"accept","limit":1000,"lanes":2,"pin":"${ZEROS}"}`,
    '{"type":"decline","code":52,"file":3}',
    '{"type":"ack","files":1,"durable":2,"limit":3}',
    '{"type":"open-lane","lane":1}',
    '{"type":"open-lane","lane":2,"path":"quic"}',
    '{"type":"file-failed","file":3,"code":41}',
    '{"type":"end","records":9}',
    `{"type":"receipt","files":1,"bytes":2,"digest":"${ZEROS}"}`,
    '{"type":"bye"}',
    '{"type":"abort","code":11}',
    '{"type":"note-presence","at":[1]}',
  ]),
  bytes('manifest-page', parseManifestPage, [
    '[{"path":"a","size":1},{"path":"b","kind":"folder"},{"path":"c/d","size":null,"modified":-5,"executable":true}]',
    '[{"path":"message","kind":"text","size":5}]',
    '[{"path":"../x","size":1},{"path":"a\\u0000b","size":1}]',
  ]),
  bytes('zstd-frames', (found) => [splitFrames(found), statedContentSize(found)], [
    [0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 1, 2, 3],
    [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9],
    [0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00, 0x01, 0, 0, ...times(4)],
  ]),
  bytes(
    'zstd-payload',
    async (found) => {
      const content = await decodeZstdPayload(await zstdCodec(), found, MAX_DECODED_BYTES);
      if (content !== null && content.length > MAX_DECODED_BYTES) throw new Error('more than was allowed');
      return content?.slice();
    },
    [
      [0x28, 0xb5, 0x2f, 0xfd, 0x20, 3, 0x19, 0, 0, 1, 2, 3],
      [0x28, 0xb5, 0x2f, 0xfd, 0x20, 200, 0x43, 0x06, 0, 7],
      [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0x43, 0x06, 0, 7],
    ],
    { maxGrowthBytes: MAX_DECODED_BYTES, cases: 300 },
  ),
  bytes(
    'chain',
    (found) => Chain.parse(found, null, async () => {}).then(({ members }) => [...members]),
    [CHAIN, CHAIN.slice(0, 200), [1, 0]],
    { cases: 500 },
  ),
  bytes(
    'hello',
    parseHello,
    devices.hellos.map((hello) => [...Buffer.from(hello, 'hex')]),
    { cases: 2000 },
  ),
  bytes('secrets', parseSecrets, [times(36), times(72), []]),
  bytes('room-message', parseRoomMessage, [
    `{"type":"ping","nonce":"${ZEROS.slice(0, 22)}","head":"${ZEROS}"}`,
    '{"type":"announce","files":3,"bytes":7}',
    '{"type":"listed","id":1,"entries":[{"path":"a","kind":"file","size":null}],"more":true}',
    `{"type":"meet","id":1,"key":"${ZEROS}","task":"get","paths":["a/b"],"device":"${ZEROS}"}`,
    '{"type":"answer","id":1,"code":10}',
  ]),
  text('device-name', (name) => parseDeviceName(utf8(name)), ['Phone', '客厅', 'a\u202eb']),
  text('code', parseCode, ['7-guitar-ocean', 'https://relay.example/#7-guitar%2Docean', ' 12 Guitar_Ocean ']),
  text('chosen-code', parseChosenCode, ['12-My Secret', 'my secret words']),
  text('base64url', decodeBase64url, ['', 'AA', ZEROS]),
  text('path', (path) => [checkPath(path, { windowsNames: true, foldsCase: true }), partName(path)], [
    'a/b',
    'con.txt',
    'é'.repeat(200),
  ]),
];

function parseManifestPage(found: Bytes): unknown {
  let page: unknown;
  try {
    page = JSON.parse(textOf(found));
  } catch {
    return null;
  }
  const reader = new ManifestReader();
  // As a control message has it: a list.
  if (!Array.isArray(page)) return null;
  reader.add(page);
  const manifest = reader.finish(page.length);
  return [manifest, manifestFault(manifest.entries, { windowsNames: true, foldsCase: true })];
}

/** Half of a surrogate pair too: it comes in JSON as an escape, and in a string from anywhere. */
function lossyText(found: Uint8Array): string {
  return new TextDecoder().decode(found).replaceAll('\ufffd\ufffd', '\ud800');
}
