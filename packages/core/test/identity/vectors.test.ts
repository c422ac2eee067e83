// Vectors of devices and groups: a changed one means a new protocol version. All of it is made a second time here, by
// node:crypto from the words of docs/PROTOCOL.md section 20.
import {
  createCipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  sign,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deriveProofBinding } from '../../src/crypto/derive-keys.ts';
import { lengthValueCat } from '../../src/crypto/length-value.ts';
import { Chain } from '../../src/group/chain.ts';
import { deriveCardKey, deriveMdnsKey, deriveRoomKey } from '../../src/group/group-keys.ts';
import { groupIdOf, parseStatement } from '../../src/group/statement.ts';
import { AgreementKey } from '../../src/identity/agreement.ts';
import type { DeviceKind } from '../../src/identity/device-name.ts';
import { deviceKeyOf, isSigned } from '../../src/identity/device-signature.ts';
import { encodeHello } from '../../src/pairing/hello.ts';
import { type Card, cardRoom, openCard, sealCard } from '../../src/presence/card.ts';
import { PairChannel } from '../../src/presence/pair-channel.ts';

const vectors = JSON.parse(readFileSync(new URL('../fixtures/devices-v3.json', import.meta.url), 'utf8'));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (value: Uint8Array | ArrayBuffer) => Buffer.from(value as Uint8Array).toString('hex');
type Part = string | Uint8Array;

const flat = (...parts: Part[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));
/** lv_cat, for parts under 16,384 bytes. */
const lv = (...parts: Part[]) =>
  flat(
    ...parts.flatMap((part) => {
      const { length } = Buffer.from(part as string);
      return [Uint8Array.from(length < 128 ? [length] : [(length & 127) | 128, length >> 7]), part];
    }),
  );
const sha256 = (...parts: Part[]) =>
  createHash('sha256')
    .update(flat(...parts))
    .digest();
const derive = (secret: Uint8Array, label: string, context: Part) =>
  Buffer.from(hkdfSync('sha256', secret, '', flat(`p2p-copy/3 ${label}\0`, context), 32));
const u32 = (value: number) => Uint8Array.of(0, 0, 0, value);
const u64 = (value: number) => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, value);
const privateKey = (oid: string, raw: string) =>
  createPrivateKey({
    key: flat(bytes(`302e020100300506032b65${oid}04220420`), bytes(raw)),
    format: 'der',
    type: 'pkcs8',
  });
const signed = (seed: string, label: string, ...parts: Part[]) =>
  sign(null, flat(`p2p-copy/3 ${label}\0`, lv(...parts)), privateKey('70', seed));
const gcm = (key: Uint8Array, counter: number, plaintext: Uint8Array, aad: Uint8Array = Buffer.alloc(0)) => {
  const cipher = createCipheriv('aes-256-gcm', key, flat(Buffer.alloc(4), u64(counter))).setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
};
const padded = (content: Uint8Array, length: number) => flat(content, Buffer.alloc(length - content.length));

const [one, two] = vectors.devices;
const groupId = bytes(vectors.group.id);
const secret = bytes(vectors.group.secrets[0]);
const scope = { groupId, epoch: 0, secret };
const cards = vectors.devices.map(
  (device: {
    publicKey: string;
    entry: string;
    x25519: { publicKey: string };
    kind: DeviceKind;
    name: string;
  }): Card => ({
    publicKey: bytes(device.publicKey),
    entry: bytes(device.entry),
    agreementKey: bytes(device.x25519.publicKey),
    kind: device.kind,
    name: device.name,
  }),
) as [Card, Card];

describe('vectors of devices and groups', () => {
  it('keys of devices', () => {
    for (const { seed, publicKey, x25519 } of vectors.devices) {
      expect(hex(deviceKeyOf(bytes(seed)).publicKey)).toBe(publicKey);
      expect(hex(new AgreementKey(bytes(x25519.secret)).publicKey)).toBe(x25519.publicKey);
    }
  });

  it('a group’s id, and the statements of its chain', async () => {
    const { nonce, secrets } = vectors.group;
    expect(hex(groupIdOf(bytes(nonce), bytes(one.publicKey)))).toBe(vectors.group.id);
    expect(hex(sha256('p2p-copy/3 group\0', lv(bytes(nonce), bytes(one.publicKey))))).toBe(vectors.group.id);
    const [hash0, hash1] = secrets.map((each: string) => sha256(bytes(each)));
    const said: [number, string, Part[]][] = [
      [1, 'group found', [groupId, u32(0), bytes(nonce), Uint8Array.of(1), 'Laptop', hash0]],
      [
        2,
        'group add',
        [groupId, u32(1), bytes(vectors.statements[0].hash), bytes(two.publicKey), Uint8Array.of(2), 'Küche'],
      ],
      [
        3,
        'group remove',
        [
          groupId,
          u32(2),
          bytes(vectors.statements[1].hash),
          bytes(two.publicKey),
          u32(1),
          bytes(one.publicKey),
          hash1,
        ],
      ],
    ];
    for (const [i, [kind, label, parts]] of said.entries()) {
      const { bytes: statement, hash } = vectors.statements[i];
      const head = flat(Uint8Array.of(kind), bytes(one.publicKey));
      expect(hex(flat(head, signed(one.seed, label, ...parts), lv(...parts)))).toBe(statement);
      expect(hex(sha256('p2p-copy/3 group statement\0', head, lv(...parts)))).toBe(hash);
      expect(hex(parseStatement(bytes(statement))!.hash)).toBe(hash);
    }
    const whole = lengthValueCat(...vectors.statements.map((each: { bytes: string }) => bytes(each.bytes)));
    const chain = await Chain.parse(whole, null, async () => {});
    expect([chain.epoch, chain.members.size, chain.isSecretOf(1, bytes(secrets[1]))]).toEqual([1, 1, true]);
  });

  it('keys of a room', async () => {
    const context = lv(groupId, u32(0));
    const { room, card, mdns } = vectors.keys;
    expect([hex(await deriveRoomKey(scope)), hex(derive(secret, 'room key', context))]).toEqual([room, room]);
    expect([hex(await deriveCardKey(scope)), hex(derive(secret, 'card key', context))]).toEqual([card, card]);
    expect([hex(await deriveMdnsKey(scope)), hex(derive(secret, 'mdns', ''))]).toEqual([mdns, mdns]);
  });

  it('a sealed card', async () => {
    const salt = bytes(vectors.card.salt);
    const room = await cardRoom(scope);
    expect(hex(await sealCard(room, deviceKeyOf(bytes(one.seed)), cards[0], salt))).toBe(vectors.card.sealed);
    expect(await openCard(room, bytes(vectors.card.sealed))).toEqual(cards[0]);
    const said = [bytes(one.entry), bytes(one.x25519.publicKey), Uint8Array.of(1), 'Laptop'];
    const signature = signed(one.seed, 'card', groupId, u32(0), room.roomKey, ...said);
    const plaintext = padded(flat(signature, lv(bytes(one.publicKey), ...said)), 512);
    const sealed = gcm(derive(room.cardKey, 'card', salt), 0, plaintext, lv(room.roomKey, u32(0)));
    expect(hex(flat(salt, sealed))).toBe(vectors.card.sealed);
  });

  it('what two members say', async () => {
    const shared = diffieHellman({
      privateKey: privateKey('6e', one.x25519.secret),
      publicKey: createPublicKey({
        key: flat(bytes('302a300506032b656e032100'), bytes(two.x25519.publicKey)),
        format: 'der',
        type: 'spki',
      }),
    });
    const isLower = one.publicKey < two.publicKey;
    const names = (isLower ? cards : [...cards].reverse()).flatMap((card) => [
      card.publicKey,
      card.entry,
      card.agreementKey,
    ]);
    const base = derive(flat(shared, secret), 'room pair', lv(groupId, u32(0), ...names));
    expect(hex(base)).toBe(vectors.pair.base);
    const agreements = vectors.devices.map(
      ({ x25519 }: { x25519: { secret: string } }) => new AgreementKey(bytes(x25519.secret)),
    );
    const ends = [
      await PairChannel.create(scope, agreements[0], cards[0], cards[1]),
      await PairChannel.create(scope, agreements[1], cards[1], cards[0]),
    ] as const;
    for (const { content, from, sealed } of vectors.pair.messages as {
      content: string;
      from: 0 | 1;
      sealed: string;
    }[]) {
      const key = derive(
        base,
        'room message',
        (from === 0) === isLower ? 'lower to higher' : 'higher to lower',
      );
      const plaintext = flat(
        Uint8Array.of(0, 0, (content.length / 2) >> 8, (content.length / 2) & 255),
        bytes(content),
      );
      expect(hex(flat(u64(0), gcm(key, 0, padded(plaintext, plaintext.length > 256 ? 512 : 256))))).toBe(
        sealed,
      );
      expect(hex((await ends[1 - from]!.open(bytes(sealed)))!)).toBe(content);
    }
  });

  it('a session between devices, and pairing', async () => {
    const { rendezvousKey, prs, isk, binding, proof } = vectors.session;
    expect(hex(derive(bytes(vectors.pair.base), 'device session', bytes(rendezvousKey)))).toBe(prs);
    expect(hex(await deriveProofBinding(bytes(isk)))).toBe(binding);
    const parts = [groupId, u32(0), 'initiator', bytes(binding), bytes(one.publicKey), bytes(two.publicKey)];
    expect(hex(signed(one.seed, 'device proof', ...parts))).toBe(proof);
    const [hello, peerHello] = vectors.hellos;
    const own = {
      publicKey: bytes(one.publicKey),
      groupId: null,
      deviceClass: 'full',
      kind: 'terminal',
      name: 'Laptop',
    } as const;
    expect(hex(encodeHello(own))).toBe(hello);
    expect(hex(lv(bytes(two.publicKey), groupId, Uint8Array.of(2), Uint8Array.of(2), 'Küche'))).toBe(
      peerHello,
    );
    const pairParts = ['responder', bytes(binding), bytes(peerHello), bytes(hello)];
    expect(hex(signed(two.seed, 'pair proof', ...pairParts))).toBe(vectors.pairProof);
    const asBytes = pairParts.map((part) => new Uint8Array(flat(part)));
    expect(isSigned(bytes(two.publicKey), bytes(vectors.pairProof), 'pair proof', asBytes)).toBe(true);
    expect(isSigned(bytes(one.publicKey), bytes(vectors.pairProof), 'pair proof', asBytes)).toBe(false);
  });
});
