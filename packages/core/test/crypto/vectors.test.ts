// This protocol's own vectors: a changed one means a new protocol version. What node:crypto can compute is computed
// there too, so that a vector isn't merely what the code happened to do.
import { createCipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { channelId } from '../../src/crypto/channel-id.ts';
import { shareCommitment } from '../../src/crypto/commitment.ts';
import { cpaceConfirmation } from '../../src/crypto/cpace.ts';
import {
  deriveLanePairingKey,
  deriveLaneSecret,
  deriveRecordKey,
  deriveTransferSecret,
  deriveVerifier,
} from '../../src/crypto/derive-keys.ts';
import { FileDigest, ReceiptDigest } from '../../src/crypto/file-digest.ts';
import { offerPin } from '../../src/crypto/offer-pin.ts';
import { createOpener, createSealer } from '../../src/crypto/record-cipher.ts';
import { sessionId } from '../../src/crypto/session-id.ts';
import { stretchSecret } from '../../src/crypto/stretch-secret.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { utf8 } from '../../src/foundation/bytes.ts';
import { aheadBodies, parseAheadBody } from '../../src/wire/ahead-record.ts';
import { normalizeSecret, wordAt } from '../../src/wire/code.ts';
import { writeDataHeader } from '../../src/wire/data-record.ts';
import { encodeDigestsBody } from '../../src/wire/digests-record.ts';
import { encodeKeepBody, parseKeepBody } from '../../src/wire/keep-record.ts';

// Argon2id is replaced in the other unit tests.
vi.unmock('hash-wasm');

const vectors = JSON.parse(readFileSync(new URL('../fixtures/protocol-v3.json', import.meta.url), 'utf8'));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (value: Uint8Array | ArrayBuffer) => Buffer.from(value as Uint8Array).toString('hex');

/** lv_cat of the CPace draft, for parts under 16,384 bytes. */
function slowLengthValueCat(...parts: (string | Uint8Array)[]): Buffer {
  const bytesOf = (part: string | Uint8Array) => Buffer.from(part as string);
  const lengthOf = (length: number) => (length < 128 ? [length] : [(length & 127) | 128, length >> 7]);
  return Buffer.concat(parts.map(bytesOf).flatMap((part) => [Buffer.from(lengthOf(part.length)), part]));
}

describe('vectors of version 3', () => {
  it('normalize secrets', () => {
    for (const [typed, normalized] of vectors.normalizedSecrets)
      expect(normalizeSecret(typed)).toBe(normalized);
  });

  it('stretch a secret', async () => {
    const { secret, prs } = vectors.stretchedSecret;
    expect(hex(await stretchSecret(secret))).toBe(prs);
  });

  it('identify a session', async () => {
    const { senderGreeting, receiverGreeting, sid } = vectors.sessionId;
    expect(hex(await sessionId(utf8(senderGreeting), utf8(receiverGreeting)))).toBe(sid);
    const slow = slowLengthValueCat('p2p-copy/3 session', senderGreeting, receiverGreeting);
    expect(createHash('sha256').update(slow).digest('hex')).toBe(sid);
  });

  it('identify a channel, commit to a share and confirm a key', async () => {
    const { code, lane, share, peerShare, commitment, senderConfirms, receiverConfirms } = vectors.handshake;
    for (const { purpose, key, ci } of [code, lane]) {
      expect(hex(channelId(purpose, key))).toBe(ci);
      const slow = slowLengthValueCat('p2p-copy/3', 'sender', 'receiver', purpose, key);
      expect(slow.toString('hex')).toBe(ci);
    }

    const { senderGreeting, receiverGreeting } = vectors.sessionId;
    const [sid, isk] = [bytes(vectors.sessionId.sid), bytes(vectors.keys.isk)];
    expect(hex(await shareCommitment(sid, bytes(share)))).toBe(commitment);
    const slow = slowLengthValueCat('p2p-copy/3 commit', sid, bytes(share));
    expect(createHash('sha256').update(slow).digest('hex')).toBe(commitment);

    const sender = { share: bytes(share), ad: utf8(senderGreeting) };
    const receiver = { share: bytes(peerShare), ad: utf8(receiverGreeting) };
    expect(hex(cpaceConfirmation('sender', sid, isk, sender, receiver))).toBe(senderConfirms);
    expect(hex(cpaceConfirmation('receiver', sid, isk, receiver, sender))).toBe(receiverConfirms);
    const macKey = createHash('sha512').update('CPaceMac').update(sid).update(isk).digest();
    const said = slowLengthValueCat(
      ...['sender confirms', sid, sender.share, sender.ad, receiver.share, receiver.ad],
    );
    expect(createHmac('sha512', macKey).update(said).digest('hex')).toBe(senderConfirms);
  });

  it('derive keys', async () => {
    const { isk, ...expected } = vectors.keys;
    const key = bytes(isk);
    const transferSecret = await deriveTransferSecret(key);
    const verifier = await deriveVerifier(key);
    expect({
      senderToReceiver: hex(await deriveRecordKey(key, 'sender to receiver')),
      receiverToSender: hex(await deriveRecordKey(key, 'receiver to sender')),
      transferSecret: hex(transferSecret),
      lanePairingKey3: hex(await deriveLanePairingKey(transferSecret, 3)),
      laneSecret3: hex(await deriveLaneSecret(transferSecret, 3)),
      verifier: verifier.map(wordAt),
    }).toEqual(expected);
    const info = (label: string, context: string | Uint8Array) =>
      Buffer.concat([Buffer.from(`p2p-copy/3 ${label}\0`), Buffer.from(context as string)]);
    const slow = (secret: Uint8Array, label: string, context: string | Uint8Array) =>
      hex(new Uint8Array(hkdfSync('sha256', secret, '', info(label, context), 32)));
    expect(slow(key, 'record key', 'sender to receiver')).toBe(expected.senderToReceiver);
    expect(slow(key, 'record key', 'receiver to sender')).toBe(expected.receiverToSender);
    expect(slow(key, 'transfer secret', '')).toBe(expected.transferSecret);
    expect(slow(transferSecret, 'lane pairing key', Uint8Array.of(0, 0, 0, 3))).toBe(
      expected.lanePairingKey3,
    );
    expect(slow(transferSecret, 'lane secret', Uint8Array.of(0, 0, 0, 3))).toBe(expected.laneSecret3);
  });

  it('seal records', async () => {
    const { key, plaintexts, sealed } = vectors.records;
    const [sealer, opener] = [
      await createSealer(bytes(key), webBulkCrypto),
      await createOpener(bytes(key), webBulkCrypto),
    ];
    for (const [i, plaintext] of plaintexts.entries()) {
      expect(hex(await sealer.seal(bytes(plaintext)))).toBe(sealed[i]);
      expect(hex(await opener.open(bytes(sealed[i])))).toBe(plaintext);
      const nonce = Buffer.alloc(12);
      nonce.writeUInt32BE(i, 8);
      const cipher = createCipheriv('aes-256-gcm', bytes(key), nonce);
      const slow = Buffer.concat([cipher.update(bytes(plaintext)), cipher.final(), cipher.getAuthTag()]);
      expect(slow.toString('hex')).toBe(sealed[i]);
    }
    await expect(opener.open(bytes(sealed[0]))).rejects.toMatchObject({ code: 'authentication-failed' });
  });

  it('lay out records', () => {
    const { header, digests } = vectors.bodies;
    const plaintext = new Uint8Array(2 + 10 + 2 * 16);
    writeDataHeader(plaintext, 258, [
      { fileIndex: 1, offset: 262_144, length: 10 },
      { fileIndex: 70_000, offset: 2 ** 40, length: 262_134 },
    ]);
    expect(hex(plaintext)).toBe(header);
    const digest = new Uint8Array(32).fill(7);
    expect(hex(encodeDigestsBody([{ fileIndex: 5, sizeBytes: 2 ** 33, digest }]))).toBe(digests);
  });

  it('lay out digests that are told ahead, and the answers', () => {
    const { ahead, keep } = vectors.bodies;
    const filled = (...values: number[]) =>
      new Uint8Array(Buffer.concat(values.map((n) => Buffer.alloc(32, n))));
    const runs = [
      { fileIndex: 5, firstChunk: 3, digests: filled(7, 8) },
      { fileIndex: 70_000, firstChunk: 0, digests: filled(9) },
    ];
    expect([...aheadBodies(runs)].map(hex)).toEqual([ahead]);
    expect(parseAheadBody(bytes(ahead))).toEqual(runs);
    const rows = [
      { fileIndex: 5, firstChunk: 3, count: 2, isKept: true },
      { fileIndex: 70_000, firstChunk: 0, count: 1, isKept: false },
    ];
    expect(hex(encodeKeepBody(rows))).toBe(keep);
    expect(parseKeepBody(bytes(keep))).toEqual(rows);
  });

  it('pin an offer, whatever order it has', async () => {
    const pause = async () => {};
    for (const { entries, pin } of vectors.offerPins) {
      expect(hex(await offerPin(entries, pause))).toBe(pin);
      expect(hex(await offerPin([...entries].reverse(), pause))).toBe(pin);
      const u64 = (value: bigint) => {
        const encoded = Buffer.alloc(8);
        encoded.writeBigUInt64BE(value);
        return encoded;
      };
      const slow = createHash('sha256')
        .update('p2p-copy/3 offer\0')
        .update(u64(BigInt(entries.length)));
      const byBytes = (a: { path: string }, b: { path: string }) =>
        Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
      for (const { path, kind, executable, sizeBytes, mode, target } of [...entries].sort(byBytes)) {
        slow.update(slowLengthValueCat(path));
        const flags = (executable ? 1 : 0) + (mode === undefined ? 0 : 2);
        slow.update(Uint8Array.of(['file', 'folder', 'text', 'link'].indexOf(kind), flags));
        slow.update(u64(sizeBytes === null ? 2n ** 64n - 1n : BigInt(sizeBytes)));
        if (mode !== undefined) slow.update(Uint8Array.of(mode >> 8, mode & 0xff));
        if (target !== undefined) slow.update(slowLengthValueCat(target));
      }
      expect(slow.digest('hex')).toBe(pin);
    }
  });

  it('digest files', async () => {
    for (const { size, digest } of vectors.fileDigests) {
      const content = new Uint8Array(size).map((_, i) => i % 251);
      const file = new FileDigest();
      const slow = createHash('sha256');
      for (let at = 0; at < size; at += 262_144) {
        const chunk = content.slice(at, at + 262_144);
        file.add(at / 262_144, await webBulkCrypto.sha256(chunk));
        slow.update(createHash('sha256').update(chunk).digest());
      }
      const length = Buffer.alloc(8);
      length.writeBigUInt64BE(BigInt(size));
      expect(hex(file.finish(size))).toBe(digest);
      expect(slow.update(length).digest('hex')).toBe(digest);
    }
    const receipt = new ReceiptDigest();
    receipt.add(0, new Uint8Array(32).fill(1));
    receipt.add(9, new Uint8Array(32).fill(2));
    expect(hex(receipt.finish())).toBe(vectors.receiptDigest);
  });
});
