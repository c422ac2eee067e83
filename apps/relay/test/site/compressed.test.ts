// Served files as a browser asks for them: compressed, conditional, in ranges; and as whoever would break that asks.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { relayWith } from '../running-relays.ts';

const PAGE = `<!doctype html><title>p2p-copy</title>${'<p>text</p>'.repeat(200)}`;
const SCRIPT = `export const words = '${'some words '.repeat(300)}';\n`;
const digestOf = (content: string) => createHash('sha256').update(content).digest('hex');
const DECODERS = { br: brotliDecompressSync, gzip: gunzipSync };

let webRoot = '';
let port = 0;
beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  webRoot = join(folder, 'dist');
  mkdirSync(join(webRoot, 'assets'), { recursive: true });
  writeFileSync(join(webRoot, 'index.html'), PAGE);
  writeFileSync(join(webRoot, 'icon.png'), 'no text');
  writeFileSync(join(webRoot, 'assets/engine-AbC1.js'), SCRIPT);
  for (const [content, extension] of [
    [PAGE, '.html'],
    [SCRIPT, '.js'],
  ] as const) {
    for (const [coding, compress] of [
      ['br', brotliCompressSync],
      ['gzip', gzipSync],
    ] as const) {
      const copies = join(folder, 'compressed/dist', coding);
      mkdirSync(copies, { recursive: true });
      writeFileSync(join(copies, digestOf(content) + extension), compress(content));
    }
  }
  ({ port } = await relayWith({ webRoot }));
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

function ask(path: string, headers: Record<string, string | string[]> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers, method, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () =>
        resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(pieces) }),
      );
    });
    call.on('error', reject).end();
  });
}

const taking = (accepted: string) => ({ 'accept-encoding': accepted });
const decoded = ({ headers, body }: Answer) => {
  const coding = headers['content-encoding'] as 'br' | 'gzip' | undefined;
  return (coding === undefined ? body : DECODERS[coding](body)).toString();
};

describe.each([
  ['/', PAGE, 'text/html; charset=utf-8'],
  ['/index.html', PAGE, 'text/html; charset=utf-8'],
  ['/assets/engine-AbC1.js?failed=1', SCRIPT, 'application/javascript; charset=utf-8'],
])('%s', (path, content, type) => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['identity;q=0, *', 'br'],
    ['deflate, zstd', undefined],
    ['identity', undefined],
    ['', undefined],
    ['gzip;q=0.5, identity', undefined],
  ])('is answered to “%s” as %s, by GET and by HEAD', async (accepted, coding) => {
    const answer = await ask(path, taking(accepted));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'content-length': String(answer.body.length),
      vary: 'accept-encoding',
    });
    expect(answer.headers['content-encoding']).toBe(coding);
    expect(decoded(answer)).toBe(content);
    if (coding !== undefined) expect(answer.body.length).toBeLessThan(content.length / 4);
    const { date: _date, ...described } = answer.headers;
    const head = await ask(path, taking(accepted), 'HEAD');
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers).toMatchObject(described);
  });

  it('has another tag in each coding, and is sent again only where the tag is of another', async () => {
    const tags = new Set<string>();
    for (const accepted of ['br', 'gzip', 'identity']) {
      const { headers } = await ask(path, taking(accepted));
      const etag = headers.etag!;
      expect(etag).toMatch(/^"[^"]+"$/);
      tags.add(etag);
      for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const again = await ask(path, { ...taking(accepted), 'if-none-match': known });
        expect([again.status, again.body.length]).toEqual([304, 0]);
        expect(again.headers).toMatchObject({ etag, vary: 'accept-encoding' });
        expect(again.headers['content-encoding']).toBeUndefined();
      }
    }
    expect(tags.size).toBe(3);
    for (const etag of tags) {
      const other = await ask(path, { ...taking('zstd, br;q=0, gzip;q=0'), 'if-none-match': etag });
      expect(other.status).toBe(etag.includes('-') ? 200 : 304);
    }
  });

  it('is answered in ranges of what is sent, and whole where the range is of another', async () => {
    const whole = await ask(path, taking('br'));
    const etag = whole.headers.etag!;
    const range = { ...taking('br'), range: 'bytes=10-19' };
    for (const headers of [range, { ...range, 'if-range': etag }]) {
      const part = await ask(path, headers);
      expect([part.status, part.headers['content-encoding'], part.headers['content-range']]).toEqual([
        206,
        'br',
        `bytes 10-19/${whole.body.length}`,
      ]);
      expect(part.body).toEqual(whole.body.subarray(10, 20));
    }
    const identity = (await ask(path, taking('identity'))).headers.etag!;
    for (const other of [identity, `W/${etag}`, new Date().toUTCString()]) {
      const answer = await ask(path, { ...range, 'if-range': other });
      expect([answer.status, answer.body.length]).toEqual([200, whole.body.length]);
    }
    const beyond = await ask(path, { ...taking('br'), range: 'bytes=999999-' });
    expect([beyond.status, beyond.headers['content-encoding'], beyond.headers.etag]).toEqual([
      416,
      undefined,
      undefined,
    ]);
    expect(beyond.body.toString()).toBe('This request failed.\n');
  });

  it('is refused where every coding is, and where another representation is asked for', async () => {
    for (const accepted of ['identity;q=0', '*;q=0', 'br;q=0, gzip;q=0, identity;q=0']) {
      const answer = await ask(path, taking(accepted));
      expect([answer.status, answer.headers['content-encoding']]).toEqual([406, undefined]);
    }
    expect((await ask(path, { ...taking('br'), 'if-match': '"other"' })).status).toBe(412);
    expect((await ask(path, { ...taking('br'), 'if-match': '*' })).status).toBe(200);
  });
});

it('a file without copies is sent as it is', async () => {
  const answer = await ask('/icon.png', taking('gzip, br'));
  expect([answer.status, answer.headers['content-encoding'], String(answer.body)]).toEqual([
    200,
    undefined,
    'no text',
  ]);
});

it('a file that was edited is sent as it is now, at once, and never an older copy of it', async () => {
  await ask('/', taking('br'));
  const before = (await ask('/', taking('identity'))).headers.etag;
  // Of the same length, and the disk may give it the same time.
  writeFileSync(join(webRoot, 'index.html'), PAGE.replace('p2p-copy', 'P2P-COPY'));
  const answer = await ask('/', taking('br'));
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(decoded(answer)).toContain('P2P-COPY');
  expect(answer.headers.etag).not.toBe(before);
});

it('copies have no address of their own', async () => {
  const name = `${digestOf(PAGE)}.html`;
  for (const path of [
    `/br/${name}`,
    `/compressed/dist/br/${name}`,
    `/../compressed/dist/br/${name}`,
    '/index.html.br',
  ]) {
    expect((await ask(path, taking('br'))).status).toBeGreaterThanOrEqual(400);
  }
});

it.each([
  '/assets',
  '/assets/',
  '/assets/./engine-AbC1.js',
  '//index.html',
  '/assets%2f..%2findex.html',
  '/.env',
  '/%00',
])('a path that names no plain file is answered as before, whatever is accepted: %s', async (path) => {
  const [plain, compressed] = [await ask(path), await ask(path, taking('br, gzip'))];
  expect(compressed.status).toBe(plain.status);
  expect(compressed.headers['content-encoding']).toBeUndefined();
  expect(compressed.body).toEqual(plain.body);
});

it('a thousand odd headers cost no more than their answers', async () => {
  const odd = Array.from({ length: 1000 }, (_, i) => `x${i};q=0.${i},`.repeat(i % 40));
  const answers = await Promise.all(odd.map((accepted) => ask('/', taking(accepted), 'HEAD')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const twice = await ask('/', { 'accept-encoding': ['br;q=0', 'gzip'] });
  expect(twice.headers['content-encoding']).toBe('gzip');
  expect(readFileSync(join(webRoot, 'index.html'), 'utf8')).toBe(decoded(twice));
});
