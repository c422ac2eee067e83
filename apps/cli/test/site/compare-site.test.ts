// What verify-site finds in sites that were changed in every way, and how much it takes from hostile ones.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { compareSite } from '../../src/site/compare-site.ts';
import { SITE_LIMITS, type SiteLimits } from '../../src/site/download.ts';
import { listedFiles, loadedByPage } from '../../src/site/named-files.ts';
import { digestOf } from '../../src/site/release-files.ts';

const PAGE = '<!doctype html><script type="module" src="/assets/index-1.js"></script>';
const CODE = 'export const code = 1;';
const LIST = '{"assets/index-1.js":"…","index.html":"…"}';
const RELEASE: Record<string, string> = {
  'index.html': PAGE,
  'assets/index-1.js': CODE,
  'integrity.json': LIST,
};
const DIGESTS = new Map(Object.entries(RELEASE).map(([path, text]) => [path, digest(text)]));

type Served = Record<string, string | Buffer | ((response: ServerResponse) => void)>;

async function siteOf(handle: RequestListener): Promise<URL> {
  const server: Server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

/** Serves the release with changes; null takes a file away. */
async function changedSite(changes: Record<string, Served[string] | null>): Promise<URL> {
  const page = changes['index.html'] ?? PAGE;
  const files: Record<string, Served[string] | null> = { ...RELEASE, '': page, ...changes };
  return siteOf((request, response) => {
    const content = files[request.url!.slice(1)] ?? null;
    if (typeof content === 'function') content(response);
    else if (content === null) response.writeHead(404).end('Nothing here.');
    else response.end(content);
  });
}

const compare = (base: URL, limits: Partial<SiteLimits> = {}, signal = new AbortController().signal) =>
  compareSite(base, DIGESTS, { ca: null, signal, limits: { ...SITE_LIMITS, ...limits } });

function digest(text: string): string {
  return digestOf(Buffer.from(text));
}

describe('a site', () => {
  it('that serves the release is equal', async () => {
    expect(await compare(await changedSite({}))).toEqual({ files: 3, differences: [], claimedVersion: null });
  });

  it('tells what it says it is', async () => {
    const site = await changedSite({ version: '{"version":"9.8.7","build":null}' });
    expect((await compare(site)).claimedVersion).toBe('9.8.7');
  });

  it.each([
    ['a file', { 'assets/index-1.js': `${CODE} ` }, 'assets/index-1.js'],
    ['the page', { 'index.html': `${PAGE}\n` }, 'index.html'],
    ['the page at / alone', { '': `${PAGE}\n` }, 'index.html'],
    ['the page at its name alone', { 'index.html': `${PAGE}\n`, '': PAGE }, 'index.html'],
    ['its list of files', { 'integrity.json': '{}' }, 'integrity.json'],
    ['a file, and the list with it', { 'assets/index-1.js': 'evil' }, 'assets/index-1.js'],
  ])('is told when it changes %s', async (_name, changes: Record<string, string>, path) => {
    const { differences } = await compare(await changedSite(changes));
    const found = digest(changes[path] ?? changes['']!);
    expect(differences).toEqual([{ kind: 'changed', path, expected: DIGESTS.get(path), found }]);
  });

  it('is told when it lacks a file', async () => {
    const { differences } = await compare(await changedSite({ 'assets/index-1.js': null }));
    const expected = DIGESTS.get('assets/index-1.js');
    expect(differences).toEqual([{ kind: 'missing', path: 'assets/index-1.js', expected, status: 404 }]);
  });

  it('may lack the page under its name: nobody is shown another one there', async () => {
    const site = await changedSite({ 'index.html': null, '': PAGE });
    expect((await compare(site)).differences).toEqual([]);
  });

  it('is told what its page loads besides', async () => {
    const page =
      `${PAGE}<script src=/assets/more.js></script><script src='https://evil.example/x.js'></script>` +
      '<script>alert(1)</script><link rel="modulepreload" href="assets/index-1.js?other">';
    const site = await changedSite({
      'index.html': page,
      'assets/more.js': 'more',
      'assets/index-1.js?other': 'other',
    });
    const { differences } = await compare(site);
    expect(differences).toEqual([
      { kind: 'changed', path: 'index.html', expected: DIGESTS.get('index.html'), found: digest(page) },
      additional('assets/more.js', 'index.html', digest('more')),
      additional('https://evil.example/x.js', 'index.html', null),
      additional('inline script', 'index.html', null),
      additional('assets/index-1.js?other', 'index.html', digest('other')),
    ]);
  });

  it('is told what its list names besides, where that is there', async () => {
    const list = JSON.stringify({ 'a.js': '', 'absent.js': '', '../b.js': '', 'https://evil.example/': '' });
    const { differences } = await compare(
      await changedSite({ 'integrity.json': list, 'a.js': 'a', 'b.js': 'b' }),
    );
    expect(differences.slice(1)).toEqual([
      additional('a.js', 'integrity.json', digest('a')),
      additional('b.js', 'integrity.json', digest('b')),
    ]);
  });

  it('is not believed about its own files', async () => {
    const evil = 'evil();';
    const site = await changedSite({
      'assets/index-1.js': evil,
      'integrity.json': LIST,
      version: '{"version":"0.3.0","build":"as it should be"}',
    });
    expect((await compare(site)).differences).toMatchObject([{ kind: 'changed', found: digest(evil) }]);
  });
});

describe('what can’t be judged', () => {
  it.each<[string, (response: ServerResponse) => void, string]>([
    [
      'a redirect',
      (response) => response.writeHead(301, { location: 'https://b.example/' }).end(),
      'redirects to “https://b.example/”',
    ],
    [
      'compressed content',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(PAGE)),
      'it is compressed',
    ],
    [
      'a cut',
      (response) =>
        void response.writeHead(200, { 'content-length': '9' }).write('x', () => response.destroy()),
      'cannot be judged',
    ],
    [
      'a trickle',
      (response) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
      'it took more than 0.5 s',
    ],
  ])('%s', async (_name, answer, sentence) => {
    const site = await changedSite({ '': answer });
    await expect(compare(site, { fileMs: 500 })).rejects.toThrow(sentence);
  });

  it('a site that isn’t there', async () => {
    await expect(compare(new URL('http://127.0.0.1:1/'))).rejects.toThrow('nothing listens there');
  });

  it('ends when it is told to', async () => {
    const controller = new AbortController();
    const site = await changedSite({ 'assets/index-1.js': () => controller.abort() });
    await expect(compare(site, {}, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a hostile site', () => {
  it('can’t make a file endless', async () => {
    let sent = 0;
    const endless = (response: ServerResponse) => {
      const piece = Buffer.alloc(64 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
      };
      response.on('drain', more);
      more();
    };
    const { differences } = await compare(await changedSite({ 'assets/index-1.js': endless }), {
      fileBytes: 1_000_000,
    });
    expect(differences).toMatchObject([{ kind: 'changed', path: 'assets/index-1.js', found: null }]);
    expect(sent).toBeLessThan(50_000_000);
  });

  it('can’t have more bytes downloaded than its limit that aren’t of the release', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `more-${i}.js`);
    let asked = 0;
    const more = (response: ServerResponse) => {
      asked += 1;
      response.end(Buffer.alloc(1_000));
    };
    const list = JSON.stringify(Object.fromEntries(names.map((name) => [name, ''])));
    const site = await changedSite({
      'integrity.json': list,
      ...Object.fromEntries(names.map((name) => [name, more])),
    });
    const { differences } = await compare(site, { additionalBytes: 4_500 });
    expect(asked).toBe(5);
    expect(
      differences.filter(
        ({ kind, ...rest }) => kind === 'additional' && 'found' in rest && rest.found === null,
      ).length,
    ).toBe(15);
    expect((await compare(site, { additionalMs: 0 })).differences.length).toBe(21);
    expect(asked).toBe(5);
  });

  it.each(['', 'no JSON', '[]', '7', 'null', '"text"'])('has no list in %j', (text) => {
    expect(listedFiles(text)).toEqual([]);
  });

  it('can’t name more than 500 files, nor in more than 500 characters', () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`f${i}`, '']));
    expect(listedFiles(JSON.stringify(many)).length).toBe(500);
    expect(listedFiles(JSON.stringify({ ['x'.repeat(501)]: '', ['y'.repeat(500)]: '' }))).toEqual([
      'y'.repeat(500),
    ]);
    expect(loadedByPage('<script src=a></script>'.repeat(3))).toEqual(['a']);
    const page = Array.from({ length: 600 }, (_, i) => `<img src=${i}>`).join('');
    expect(loadedByPage(page).length).toBe(500);
  });
});

function additional(path: string, namedBy: string, found: string | null) {
  return { kind: 'additional', path, namedBy, found };
}
