// A hostile or broken sender, message by message, against the classic receiver; and what the sender makes of its other
// side. Nothing wrong may stand under a final name.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ClassicCipher, createClassicCipher } from '../../src/classic/classic-cipher.ts';
import { classicCipherKey } from '../../src/classic/classic-keys.ts';
import { type ClassicReceiveOptions, receiveClassic, sendClassic } from '../../src/classic/index.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import type { ErrorCode, TransferResult } from '../../src/index.ts';
import { fileEntry, MemoryFolder } from '../transfer/rig/memory-files.ts';
import { realClock } from '../transfer/rig/run-pair.ts';
import { zstdCodec } from '../transfer/rig/zstd-codec.ts';
import { ScriptedSocket } from './scripted-socket.ts';

const CODE = 'some code';
const NONCE = new Uint8Array(32).fill(9);
const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const ports = (socket: ScriptedSocket) => ({ dial: socket.dial, clock: realClock, loadZstd: zstdCodec });

/** Plays a sender that says whatever a test wants. */
class Sender {
  readonly socket = new ScriptedSocket();
  readonly folder = new MemoryFolder();
  #cipher: ClassicCipher | null = null;

  say(message: object): void {
    this.socket.hear({ text: JSON.stringify(message) });
  }

  manifest(entries: object[], resume = false): void {
    this.say({ type: 'manifest', resume, entries });
  }

  file(path: string, size: number, more: object = {}): void {
    this.say({ type: 'file', path, size, compression: 'none', append_from: 0, ...more });
  }

  /** A chunk with its right link, as if it were a file's first. */
  chunk(payload: Uint8Array, sequence = 0, link: Uint8Array = sha256(payload)): void {
    this.socket.hearBytes(chunkOf(payload, sequence, link));
  }

  async encrypt(): Promise<void> {
    this.#cipher = await createClassicCipher(await classicCipherKey(CODE), NONCE, webBulkCrypto);
  }

  async sealed(message: object): Promise<string> {
    const bytes = await this.#cipher!.next().seal(new Uint8Array(Buffer.from(JSON.stringify(message))));
    return Buffer.from(bytes).toString('hex');
  }

  async opened(sealed: string): Promise<string> {
    return Buffer.from(
      await this.#cipher!.next().open(new Uint8Array(Buffer.from(sealed, 'hex'))),
    ).toString();
  }

  async sealedChunk(
    payload: Uint8Array<ArrayBuffer>,
    change = (sealed: Uint8Array) => sealed,
  ): Promise<void> {
    const sealed = change(await this.#cipher!.next().seal(payload));
    this.socket.hearBytes(chunkOf(sealed, 0, sha256(payload)));
  }

  receive(
    encrypt = false,
    maxBytes = Number.POSITIVE_INFINITY,
    more: Partial<ClassicReceiveOptions> = {},
  ): Promise<TransferResult> {
    this.folder.beforeWrite = async (_path, offset) => {
      if (offset > maxBytes) throw new Error('written too far');
    };
    return receiveClassic(ports(this.socket), {
      relayUrl: 'ws://relay',
      code: CODE,
      encrypt,
      nameRules: { windowsNames: false, foldsCase: false },
      signal: new AbortController().signal,
      onEvent: () => {},
      review: async () => ({ accept: true, sink: this.folder, skip: new Set() }),
      ...more,
    });
  }
}

function chunkOf(payload: Uint8Array, sequence: number, link: Uint8Array): Uint8Array {
  const message = Buffer.alloc(40 + payload.length);
  message.writeBigUInt64BE(BigInt(sequence));
  message.set(link, 8);
  message.set(payload, 40);
  return message;
}

const bytes = (length: number, fill = 7) => new Uint8Array(length).fill(fill);
const EOF = { type: 'eof' };
const FILE_EOF = { type: 'file_eof' };

describe('a sender that asks to resume', () => {
  const SECRET = 'the private file of somebody: 271828\n';

  /** What the receiver answers to a sender that offers a private file, or its part, in that size. */
  async function answerTo(size: number, more: Partial<ClassicReceiveOptions>, sealed: boolean) {
    const sender = new Sender();
    sender.folder.files.set('secret.txt', Buffer.from(SECRET));
    sender.folder.parts.set('half.txt', Buffer.from(SECRET));
    const entries = ['secret.txt', 'half.txt'].map((path) => ({ path, size }));
    if (sealed) await sender.encrypt();
    sender.socket.onSent = () => {
      if (sender.socket.sent.length === 2) sender.socket.end(1000);
    };
    const manifest = { type: 'manifest', resume: true, entries };
    if (sealed)
      sender.say({
        type: 'enc_manifest',
        nonce: Buffer.from(NONCE).toString('hex'),
        hidden_manifest: await sender.sealed(manifest),
      });
    else sender.say(manifest);
    await expect(sender.receive(sealed, undefined, more)).rejects.toMatchObject({ code: 'peer-gone' });
    expect(sender.folder.files.get('secret.txt')).toEqual(Buffer.from(SECRET));
    const answer = JSON.parse(sender.socket.sent[1] as string);
    return sealed ? JSON.parse(await sender.opened(answer.hidden_manifest)) : answer;
  }

  it.each([false, true])(
    'reads nothing of what lies there, in whatever size it asks (sealed: %s)',
    async (sealed) => {
      for (const size of [1, SECRET.length, SECRET.length + 1, 1_000_000])
        expect(await answerTo(size, {}, sealed)).toEqual({ type: 'receiver_manifest', entries: [] });
    },
  );

  it('is told of it where the person consents', async () => {
    const chain_hex = sha256(Buffer.from(SECRET)).toString('hex');
    const entries = ['secret.txt', 'half.txt'].map((path) => ({ path, size: SECRET.length, chain_hex }));
    expect(await answerTo(SECRET.length, { tellsExisting: true }, false)).toEqual({
      type: 'receiver_manifest',
      entries,
    });
  });

  it('can not continue from what it was not told of', async () => {
    const sender = new Sender();
    sender.folder.parts.set('a', bytes(50));
    sender.manifest([{ path: 'a', size: 100 }], true);
    sender.file('a', 100, { append_from: 50 });
    await expect(sender.receive()).rejects.toMatchObject({ code: 'protocol-violation' });
    expect(sender.folder.files.size).toBe(0);
  });
});

/** A sender that offers `a` of 100 bytes, and then goes wrong. */
const AFTER_OFFER: [string, ErrorCode, (sender: Sender) => void | Promise<void>][] = [
  ['a chunk before any file', 'protocol-violation', (s) => s.chunk(bytes(100))],
  [
    'a chunk shorter than its header',
    'protocol-violation',
    (s) => {
      s.file('a', 100);
      s.socket.hearBytes(bytes(39));
    },
  ],
  [
    'a chunk of another sequence',
    'protocol-violation',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(100), 1);
    },
  ],
  [
    'the same chunk twice',
    'protocol-violation',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(50));
      s.chunk(bytes(50));
    },
  ],
  [
    'a sequence beyond 2^53',
    'protocol-violation',
    (s) => {
      s.file('a', 100);
      s.socket.hearBytes(bytes(60, 255));
    },
  ],
  [
    'a wrong link',
    'digest-mismatch',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(100), 0, bytes(32));
    },
  ],
  [
    'a link that is not chained',
    'digest-mismatch',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(50));
      s.chunk(bytes(50), 1);
    },
  ],
  [
    'more bytes than the size',
    'protocol-violation',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(101));
    },
  ],
  [
    'fewer bytes than the size',
    'protocol-violation',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(99));
      s.say(FILE_EOF);
    },
  ],
  [
    'a file inside another',
    'protocol-violation',
    (s) => {
      s.file('a', 100);
      s.file('b', 100);
    },
  ],
  ['a file that is not offered', 'protocol-violation', (s) => s.file('z', 100)],
  ['another size than offered', 'protocol-violation', (s) => s.file('a', 99)],
  ['an absolute path instead', 'protocol-violation', (s) => s.file('/etc/passwd', 100)],
  [
    'a file twice',
    'protocol-violation',
    (s) => {
      whole(s);
      s.file('a', 100);
    },
  ],
  ['an end of no file', 'protocol-violation', (s) => s.say(FILE_EOF)],
  [
    'the end inside a file',
    'protocol-violation',
    (s) => {
      s.file('a', 100);
      s.say(EOF);
    },
  ],
  [
    'the end before every file',
    'incomplete',
    (s) => {
      whole(s);
      s.say(EOF);
    },
  ],
  ['a second manifest', 'protocol-violation', (s) => s.manifest([])],
  ['an unknown message', 'protocol-violation', (s) => s.say({ type: 'surprise' })],
  ['what is not JSON', 'protocol-violation', (s) => s.socket.hear({ text: '{' })],
  ['an unknown compression', 'protocol-violation', (s) => s.file('a', 100, { compression: 'lz4' })],
  ['no compression named', 'protocol-violation', (s) => s.file('a', 100, { compression: undefined })],
  ['appending to nothing', 'protocol-violation', (s) => s.file('a', 100, { append_from: 50 })],
  ['appending beyond the end', 'protocol-violation', (s) => s.file('a', 100, { append_from: 101 })],
  ['a negative offset', 'protocol-violation', (s) => s.file('a', 100, { append_from: -1 })],
  [
    'a sealed header in a plain session',
    'protocol-violation',
    (s) => s.say({ type: 'enc_file', hidden_file: '00' }),
  ],
  [
    'what is not a zstd frame',
    'protocol-violation',
    (s) => {
      s.file('a', 100, { compression: 'zstd' });
      s.chunk(bytes(100));
    },
  ],
  [
    'a clean end too early',
    'peer-gone',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(50));
      s.socket.end(1000);
    },
  ],
  [
    'a lost connection',
    'connection-lost',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(50));
      s.socket.end(1006);
    },
  ],
  [
    'a sender that was lost',
    'peer-gone',
    (s) => {
      s.file('a', 100);
      s.chunk(bytes(50));
      s.socket.end(1011);
    },
  ],
];

function whole(s: Sender): void {
  s.file('a', 100);
  s.chunk(bytes(100));
  s.say(FILE_EOF);
}

describe('after the offer', () => {
  it.each(AFTER_OFFER)('%s: %s', async (what, code, misbehave) => {
    const sender = new Sender();
    const receiving = sender.receive();
    sender.manifest([
      { path: 'a', size: 100 },
      { path: 'b', size: 100 },
    ]);
    void misbehave(sender);
    await expect(receiving).rejects.toMatchObject({ name: 'TransferError', code });
    expect(sender.socket.ending).not.toBe('closed');
    const isCompleteBefore = what === 'a file twice' || what === 'the end before every file';
    expect([...sender.folder.files.keys()]).toEqual(isCompleteBefore ? ['a'] : []);
    // What came over a connection that broke is kept for the next attempt; a liar's is not.
    const isKept = code === 'peer-gone' || code === 'connection-lost';
    expect(sender.folder.parts.has('a')).toBe(isKept);
  });

  it('decompressed to more than a chunk', async () => {
    const sender = new Sender();
    const receiving = sender.receive();
    const size = 3 * 1024 * 1024;
    sender.manifest([{ path: 'a', size }]);
    sender.file('a', size, { compression: 'zstd' });
    const zstd = await zstdCodec();
    sender.chunk(await zstd.compress(bytes(1024 * 1024 + 1)));
    await expect(receiving).rejects.toMatchObject({ code: 'protocol-violation' });
    expect(sender.folder.files.size).toBe(0);
  });
});

describe('an offer', () => {
  it.each([
    ['/etc/passwd', 'path-refused'],
    ['../a', 'path-refused'],
    ['a/../../b', 'path-refused'],
    ['a//b', 'path-refused'],
    ['./a', 'path-refused'],
    ['', 'path-refused'],
    ['a\nb', 'path-refused'],
    ['\u202egpj.exe', 'path-refused'],
    ['a.p2p.part', 'path-refused'],
  ])('of %j is refused: %s', async (path, code) => {
    const sender = new Sender();
    const receiving = sender.receive();
    sender.manifest([{ path, size: 1 }]);
    await expect(receiving).rejects.toMatchObject({ code });
    expect(sender.folder.parts.size).toBe(0);
  });

  it.each([
    [
      'twice the same',
      [
        { path: 'a', size: 1 },
        { path: 'a', size: 1 },
      ],
      'protocol-violation',
    ],
    [
      'two normal forms of one',
      [
        { path: 'u\u0308', size: 1 },
        { path: '\u00fc', size: 1 },
      ],
      'path-refused',
    ],
    [
      'a file and a folder',
      [
        { path: 'a', size: 1 },
        { path: 'a/b', size: 1 },
      ],
      'path-refused',
    ],
    ['no size', [{ path: 'a' }], 'protocol-violation'],
    ['a size below zero', [{ path: 'a', size: -1 }], 'protocol-violation'],
    ['a size that is no number', [{ path: 'a', size: '1' }], 'protocol-violation'],
    ['a path that is no text', [{ path: 7, size: 1 }], 'protocol-violation'],
    ['an entry that is none', [null], 'protocol-violation'],
  ])('%s', async (_what, entries, code) => {
    const sender = new Sender();
    const receiving = sender.receive();
    sender.manifest(entries as object[]);
    await expect(receiving).rejects.toMatchObject({ code });
  });

  it('in another normal form is saved in the usual one', async () => {
    const sender = new Sender();
    const receiving = sender.receive();
    sender.manifest([{ path: 'u\u0308', size: 100 }]);
    sender.file('u\u0308', 100);
    sender.chunk(bytes(100));
    sender.say(FILE_EOF);
    sender.say(EOF);
    await receiving;
    expect([...sender.folder.files.keys()]).toEqual(['\u00fc']);
  });

  it('without a manifest first is refused', async () => {
    for (const first of [
      EOF,
      FILE_EOF,
      { type: 'file', path: 'a', size: 1, compression: 'none', append_from: 0 },
    ]) {
      const sender = new Sender();
      const receiving = sender.receive();
      sender.say(first);
      await expect(receiving).rejects.toMatchObject({ code: 'protocol-violation' });
    }
  });

  it('of the other kind of session is refused, and says so', async () => {
    const plain = new Sender();
    const encrypted = plain.receive(true);
    plain.manifest([{ path: 'a', size: 1 }]);
    await expect(encrypted).rejects.toThrow('does not encrypt');

    const sealed = new Sender();
    const unencrypted = sealed.receive();
    sealed.say({ type: 'enc_manifest', nonce: '00'.repeat(32), hidden_manifest: '00'.repeat(40) });
    await expect(unencrypted).rejects.toThrow('The other side encrypts');
  });
});

describe('under encryption', () => {
  async function offered(): Promise<{ sender: Sender; receiving: Promise<TransferResult> }> {
    const sender = new Sender();
    await sender.encrypt();
    const receiving = sender.receive(true);
    receiving.catch(() => {});
    const hidden = await sender.sealed({
      type: 'manifest',
      resume: false,
      entries: [{ path: 'a', size: 100 }],
    });
    sender.say({ type: 'enc_manifest', nonce: Buffer.from(NONCE).toString('hex'), hidden_manifest: hidden });
    const header = { type: 'file', path: 'a', size: 100, compression: 'none', append_from: 0 };
    sender.say({ type: 'enc_file', hidden_file: await sender.sealed(header) });
    return { sender, receiving };
  }

  it('what is right arrives', async () => {
    const { sender, receiving } = await offered();
    await sender.sealedChunk(bytes(100));
    sender.say(FILE_EOF);
    sender.say(EOF);
    await expect(receiving).resolves.toMatchObject({ files: 1, bytes: 100 });
  });

  it.each([
    ['a flipped byte', (sealed: Uint8Array) => sealed.map((byte, i) => (i === 3 ? byte ^ 1 : byte))],
    [
      'a flipped tag',
      (sealed: Uint8Array) => sealed.map((byte, i) => (i === sealed.length - 1 ? byte ^ 1 : byte)),
    ],
    ['less than a tag', (sealed: Uint8Array) => sealed.subarray(0, 5)],
    ['nothing', () => new Uint8Array(0)],
  ])('%s is found out', async (_what, change) => {
    const { sender, receiving } = await offered();
    await sender.sealedChunk(bytes(100), change);
    await expect(receiving).rejects.toMatchObject({ code: 'authentication-failed' });
    expect(sender.folder.files.size).toBe(0);
    expect(sender.folder.parts.size).toBe(0);
  });

  it('a plain header is refused', async () => {
    const { sender, receiving } = await offered();
    await sender.sealedChunk(bytes(100));
    sender.say(FILE_EOF);
    sender.file('b', 100);
    await expect(receiving).rejects.toMatchObject({ code: 'protocol-violation' });
  });
});

describe('a sender', () => {
  const send = (socket: ScriptedSocket, more: object = {}, content = bytes(100)) =>
    sendClassic(ports(socket), {
      relayUrl: 'ws://relay',
      code: CODE,
      encrypt: false,
      compress: 'off',
      resume: false,
      entries: Promise.resolve([fileEntry('a', content)]),
      signal: new AbortController().signal,
      onEvent: () => {},
      ...more,
    });
  const READY = { text: '{"type":"ready"}' };
  const isEof = (message: string | Uint8Array) => message === '{"type":"eof"}';

  it.each([
    ['leaves before the end', 1000, 'peer-gone', () => true, true],
    ['is lost before the end', 1011, 'peer-gone', () => true, true],
    ['is lost after the end', 1011, 'peer-gone', isEof, true],
    ['leaves before the end was written', 1000, 'peer-gone', isEof, false],
  ] as const)('fails when its other side %s', async (_what, close, code, when, allWritten) => {
    const socket = new ScriptedSocket();
    socket.hear(READY);
    socket.onSent = (message) => {
      if (socket.sent.length > 2 && when(message)) socket.end(close, '', allWritten);
    };
    await expect(send(socket)).rejects.toMatchObject({ code });
  });

  it.each([
    ['two of a role', 1013, 'Duplicate role for code', 'code-in-use'],
    ['a full relay', 1013, 'This relay is full.', 'relay-full'],
    ['a refused hello', 1002, 'Bad hello', 'relay-refused'],
    ['a lost connection', 1006, '', 'connection-lost'],
  ])('tells of %s', async (_what, close, reason, code) => {
    const socket = new ScriptedSocket();
    socket.end(close, reason);
    await expect(send(socket)).rejects.toMatchObject({ code });
  });

  it('drops the connection when it is stopped, so that nobody takes that for an end', async () => {
    const socket = new ScriptedSocket();
    const controller = new AbortController();
    socket.hear(READY);
    socket.onSent = () => {
      if (socket.sent.length === 3) controller.abort();
    };
    await expect(send(socket, { signal: controller.signal })).rejects.toMatchObject({ code: 'interrupted' });
    expect(socket.ending).toBe('dropped');
  });

  it('does not take for a file what changed while it was read', async () => {
    const socket = new ScriptedSocket();
    socket.hear(READY);
    const entries = Promise.resolve([fileEntry('a', bytes(100), { sizeBytes: 101 })]);
    await expect(send(socket, { entries })).rejects.toMatchObject({ code: 'source-changed' });
    expect(socket.ending).toBe('dropped');
  });

  it('refuses a list that does not fit into a message, before it connects', async () => {
    const socket = new ScriptedSocket();
    const entries = Promise.resolve(
      Array.from({ length: 20_000 }, (_, i) => fileEntry(`${'x'.repeat(100)}${i}`, bytes(0))),
    );
    await expect(send(socket, { entries })).rejects.toMatchObject({ code: 'limit-exceeded' });
    await expect(send(socket, { entries, encrypt: true })).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(socket.sent).toEqual([]);
  });

  it.each([
    ['of another path', { path: 'z', size: 50, chain_hex: '00'.repeat(32) }],
    ['of other content', { path: 'a', size: 50, chain_hex: '00'.repeat(32) }],
    ['longer than the file', { path: 'a', size: 101, chain_hex: sha256(bytes(100)).toString('hex') }],
  ])('sends all when the receiver has something %s', async (_what, entry) => {
    const socket = new ScriptedSocket();
    socket.hear(READY);
    socket.onSent = (message) => {
      if (socket.sent.length === 2)
        socket.hear({ text: JSON.stringify({ type: 'receiver_manifest', entries: [entry] }) });
      if (isEof(message)) socket.end(1000);
    };
    await send(socket, { resume: true });
    expect(socket.sent[2]).toContain('"append_from":0');
  });

  it('leaves out what is there, and still sends what is empty', async () => {
    const socket = new ScriptedSocket();
    socket.hear(READY);
    const chain_hex = sha256(bytes(100)).toString('hex');
    const reply = { type: 'receiver_manifest', entries: [{ path: 'a', size: 100, chain_hex }] };
    socket.onSent = (message) => {
      if (socket.sent.length === 2) socket.hear({ text: JSON.stringify(reply) });
      if (isEof(message)) socket.end(1000);
    };
    const entries = Promise.resolve([fileEntry('a', bytes(100)), fileEntry('empty', bytes(0))]);
    await send(socket, { resume: true, entries });
    const headers = socket.sent.filter((m): m is string => typeof m === 'string' && m.includes('"file"'));
    expect(headers.map((header) => JSON.parse(header).path)).toEqual(['empty']);
  });

  it.each([
    ['a chunk', (socket: ScriptedSocket) => socket.hearBytes(bytes(50))],
    ['something else', (socket: ScriptedSocket) => socket.hear({ text: '{"type":"eof"}' })],
    [
      'a sealed answer',
      (socket: ScriptedSocket) =>
        socket.hear({ text: '{"type":"enc_receiver_manifest","hidden_manifest":"00"}' }),
    ],
    ['no JSON', (socket: ScriptedSocket) => socket.hear({ text: 'x' })],
  ])('refuses %s in place of what the receiver has', async (_what, answer) => {
    const socket = new ScriptedSocket();
    socket.hear(READY);
    answer(socket);
    await expect(send(socket, { resume: true })).rejects.toMatchObject({ code: 'protocol-violation' });
  });
});
