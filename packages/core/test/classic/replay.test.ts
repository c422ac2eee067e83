// Replays recorded sessions of the Python tool: its sender into our receiver, its receiver into our sender.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createClassicCipher } from '../../src/classic/classic-cipher.ts';
import { classicCipherKey } from '../../src/classic/classic-keys.ts';
import { encodeClassicMessage, parseClassicMessage } from '../../src/classic/classic-message.ts';
import { receiveClassic, sendClassic } from '../../src/classic/index.ts';
import { decodeZstdPayload } from '../../src/compression/zstd-payload.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { bytesOfHex, utf8 } from '../../src/foundation/bytes.ts';
import { fileEntry, MemoryFolder } from '../transfer/rig/memory-files.ts';
import { realClock } from '../transfer/rig/run-pair.ts';
import { zstdCodec } from '../transfer/rig/zstd-codec.ts';
import { ScriptedSocket } from './scripted-socket.ts';
import { contentBefore, contentOf, sha256Of, TRANSCRIPTS, type Transcript } from './transcripts.ts';

// The recordings were made with Argon2id; other unit tests replace it.
vi.unmock('hash-wasm');

const NOBODY = { signal: new AbortController().signal, onEvent: () => {} };

afterEach(() => vi.restoreAllMocks());

test('there are recordings of every kind', () => {
  expect(TRANSCRIPTS.length).toBeGreaterThanOrEqual(9);
  expect(new Set(TRANSCRIPTS.map(({ encrypt, resume }) => `${encrypt} ${resume}`)).size).toBe(4);
});

describe.each(TRANSCRIPTS.map((transcript) => [transcript.name, transcript] as const))('%s', (_name, t) => {
  const framesOf = (from: string) => t.frames.filter((frame) => frame.from === from);

  test('their sender, our receiver', async () => {
    const socket = new ScriptedSocket();
    const folder = new MemoryFolder();
    for (const [path, state] of Object.entries(t.receiver_has)) {
      folder.files.set(path, contentBefore(t.files.find((file) => file.path === path)!, state));
    }
    // Their sender's hello was for the relay.
    const [, manifest, ...rest] = framesOf('sender');
    socket.onSent = () => {
      if (socket.sent.length === 1) socket.hear(manifest!);
      if (socket.sent.length === (t.resume ? 2 : 1)) for (const frame of rest) socket.hear(frame);
    };
    const result = await receiveClassic(
      { dial: socket.dial, clock: realClock, loadZstd: zstdCodec },
      {
        relayUrl: 'ws://relay',
        code: t.code,
        encrypt: t.encrypt,
        nameRules: { windowsNames: false, foldsCase: false },
        // Theirs always does.
        tellsExisting: true,
        review: async () => ({ accept: true, sink: folder, skip: new Set() }),
        ...NOBODY,
      },
    );
    expect(result.files).toBe(t.files.length);
    for (const file of t.files) expect(sha256Of(folder.files.get(file.path)!)).toBe(file.sha256);
    expect(folder.parts.size).toBe(0);
    // What we answered is byte for byte what theirs did.
    expect(socket.sent).toEqual(framesOf('receiver').map(({ text }) => text));
    expect(socket.ending).toBe('closed');
  });

  test('our sender, their receiver', async () => {
    const socket = new ScriptedSocket();
    const [, theirManifest] = framesOf('receiver');
    const sent = framesOf('sender');
    if (t.encrypt) fixNonce(JSON.parse(sent[1]!.text!).nonce);
    socket.onSent = (message) => {
      if (socket.sent.length === 1) socket.hear({ text: '{"type":"ready"}' });
      if (socket.sent.length === 2 && theirManifest) socket.hear(theirManifest);
      if (message === '{"type":"eof"}') socket.end(1000);
    };
    // Theirs is sorted by path.
    const files = [...t.files].sort((a, b) => (a.path < b.path ? -1 : 1));
    await sendClassic(
      { dial: socket.dial, clock: realClock, loadZstd: zstdCodec },
      {
        relayUrl: 'ws://relay',
        code: t.code,
        encrypt: t.encrypt,
        compress: t.compress,
        resume: t.resume,
        entries: Promise.resolve(files.map((file) => fileEntry(file.path, contentOf(file)))),
        ...NOBODY,
      },
    );
    const ours = await openedFrames(t, socket.sent);
    const theirs = await openedFrames(
      t,
      sent.map(({ text, binary }) => text ?? new Uint8Array(Buffer.from(binary!, 'base64'))),
    );
    expect(ours).toEqual(theirs);
  });
});

/** Lets the next random bytes be those of the recording. */
function fixNonce(hex: string): void {
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((into) => {
    (into as Uint8Array).set(bytesOfHex(hex)!);
    return into;
  });
}

/**
 * A sender's frames with what is sealed opened, and payloads decompressed where they are: zstd's output may differ from
 * encoder to encoder, and with it the links over it. All else must be equal as it is.
 */
async function openedFrames(t: Transcript, frames: (string | Uint8Array)[]): Promise<unknown[]> {
  const nonce = t.encrypt ? bytesOfHex(JSON.parse(frames[1] as string).nonce)! : null;
  const cipher =
    nonce === null ? null : await createClassicCipher(await classicCipherKey(t.code), nonce, webBulkCrypto);
  const open = async (sealed: Uint8Array) => cipher!.next().open(new Uint8Array(sealed));
  const opened: unknown[] = [];
  let isCompressed = false;
  for (const frame of frames) {
    if (typeof frame === 'string') {
      if (frame.includes('"hello"')) {
        opened.push(frame);
        continue;
      }
      let message = parseClassicMessage(utf8(frame));
      // Compact, unescaped, with the fields in the same order.
      expect(encodeClassicMessage(message)).toBe(frame);
      if (message.type === 'enc_manifest' || message.type === 'enc_file') {
        const inner: string = Buffer.from(await open(message.sealed)).toString('utf8');
        message = parseClassicMessage(utf8(inner));
        expect(encodeClassicMessage(message)).toBe(inner);
        // The receiver's answer takes the nonce after the manifest's.
        if (message.type === 'manifest' && t.resume) cipher!.next();
      }
      if (message.type === 'file') isCompressed = message.compression === 'zstd';
      opened.push(message);
      continue;
    }
    const header = Buffer.from(frame.subarray(0, 40));
    const payload = cipher === null ? frame.subarray(40) : await open(frame.subarray(40));
    if (!isCompressed) opened.push({ header: header.toString('hex'), digest: sha256Of(payload) });
    else {
      const content = await decodeZstdPayload(await zstdCodec(), payload, 2 ** 20);
      opened.push({ sequence: header.readBigUInt64BE(), digest: sha256Of(content!) });
    }
  }
  return opened;
}
