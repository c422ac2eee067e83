// p2p-copy verify-site as people run it, against relays that serve the page as it is, or changed.
import { once } from 'node:events';
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { startRelay } from '../../../relay/src/index.ts';
import { VERSION } from '../../src/constants/version.ts';
import { digestOf } from '../../src/site/release-files.ts';
import { scratchFolder } from '../scratch.ts';
import { finished, run, startRelayProcess } from './cli-process.ts';

const WEB = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const FILES = readdirSync(WEB, { recursive: true, withFileTypes: true }).filter((entry) =>
  entry.isFile(),
).length;
const BUILD = digestOf(readFileSync(join(WEB, 'integrity.json')));

/** A relay that serves a copy of the page, after `change`. */
async function changedSite(change: (folder: string) => void): Promise<string> {
  const webRoot = join(await scratchFolder(), 'web');
  cpSync(WEB, webRoot, { recursive: true });
  change(webRoot);
  const relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent', webRoot });
  onTestFinished(() => relay.close());
  return relay.url;
}

it('ends with 0 where the release is served, and names the build as the relay does', async () => {
  const relay = await startRelayProcess();
  expect(await finished(['verify-site', relay.url])).toEqual({
    exitCode: 0,
    stdout: `${relay.url} serves p2p-copy ${VERSION}, byte for byte: ${FILES} files.\nBuild: ${BUILD}\n`,
    stderr: '',
  });
  const asJson = await finished(['verify-site', `${relay.url}/`, '--json']);
  expect(asJson).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(asJson.stdout)).toMatchObject({ event: 'done', equal: true, files: FILES, build: BUILD });
  expect(await (await fetch(`${relay.url}/version`)).json()).toMatchObject({ build: BUILD });
  await relay.stop();
});

it('ends with 1 where it isn’t, and tells each difference', async () => {
  const engine = readdirSync(join(WEB, 'assets')).find((name) => /^engine-[\w-]{8}\.js$/.test(name))!;
  const url = await changedSite((folder) => {
    appendFileSync(join(folder, 'assets', engine), 'fetch("https://evil.example");');
    rmSync(join(folder, 'icon.svg'));
    writeFileSync(join(folder, 'assets/more.js'), 'more');
    appendFileSync(join(folder, 'index.html'), '<script src="/assets/more.js"></script>');
  });
  const { exitCode, stdout } = await finished(['verify-site', url]);
  expect(exitCode).toBe(1);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`^Changed: “assets/${engine}” is [0-9a-f]{64}, not [0-9a-f]{64}\\.$`)),
    'Missing: “icon.svg” (HTTP status 404).',
    expect.stringMatching(/^Changed: “index\.html” is /),
    `Additional: “assets/more.js”, named by index.html, is ${digestOf(Buffer.from('more'))}.`,
    `${url} does not serve p2p-copy ${VERSION}: 4 differences.`,
    `Build: ${BUILD}`,
  ]);
  const asJson = await finished(['verify-site', url, '--json']);
  expect(asJson.exitCode).toBe(1);
  const events = asJson.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ event, kind }) => kind ?? event)).toEqual([
    'changed',
    'missing',
    'changed',
    'additional',
    'done',
  ]);
  expect(events.at(-1)).toMatchObject({ equal: false, differences: 4 });
});

it('compares the command line that the relay serves', async () => {
  const url = await changedSite((folder) => appendFileSync(join(folder, 'cli.mjs'), '//'));
  const { exitCode, stdout } = await finished(['verify-site', url]);
  expect([exitCode, stdout.split('\n')[0]]).toEqual([1, expect.stringMatching(/^Changed: “cli\.mjs” is /)]);
});

it('compares a page that a proxy has put below a path, and nothing beside it', async () => {
  const relay = await startRelayProcess();
  const proxy = createServer(async ({ url = '' }, answer) => {
    const found = url.startsWith('/copy/') ? await fetch(relay.url + url.slice('/copy'.length)) : null;
    answer.writeHead(found?.status ?? 404).end(found === null ? '' : Buffer.from(await found.arrayBuffer()));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  for (const path of ['/copy', '/copy/']) {
    const { exitCode, stdout } = await finished(['verify-site', url + path]);
    expect([exitCode, stdout.split('\n')[0]]).toEqual([
      0,
      `${url}/copy/ serves p2p-copy ${VERSION}, byte for byte: ${FILES} files.`,
    ]);
  }
  expect(await finished(['verify-site', url])).toMatchObject({ exitCode: 1 });
  await relay.stop();
});

it('trusts the certificate that it is told to', async () => {
  const relay = run(['relay', '--self-signed', '--host', '127.0.0.1', '--port', '0'], {
    set: { P2P_COPY_STATE: join(await scratchFolder(), 'state') },
  });
  const [, local] = await relay.says(/^On this device: (\S+)$/m);
  const url = local!.replace(/^http:/, 'https:');
  const [, certFile] = await relay.says(/--ca-file (\S+)$/m);
  expect(await finished(['verify-site', url!, '--ca-file', certFile!])).toMatchObject({ exitCode: 0 });
  const untrusted = await finished(['verify-site', url!]);
  expect(untrusted).toMatchObject({ exitCode: 2, stdout: '' });
  expect(untrusted.stderr).toContain(
    'its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT); --ca-file names',
  );
  relay.kill('SIGTERM');
  expect(await relay.exitCode).toBe(0);
});

it('ends with 2 where nothing can be compared', async () => {
  const nobody = await finished(['verify-site', 'http://127.0.0.1:1', '--json']);
  expect(nobody.exitCode).toBe(2);
  expect(JSON.parse(nobody.stdout)).toMatchObject({ event: 'error', code: 'site-unreachable' });
  expect(nobody.stderr).toBe(
    '“http://127.0.0.1:1/” cannot be judged: nothing listens there.\n' +
      'Check the address, and that a relay of p2p-copy serves its page there.\n',
  );
  for (const [args, sentence] of [
    [[], "Missing required argument 'url'."],
    [['ftp://copy.example.org'], 'It must be an address such as'],
    [['https://copy.example.org', '--ca-file', '/no/such.pem'], 'cannot be read'],
  ] as const) {
    const refused = await finished(['verify-site', ...args]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain(sentence);
  }
});

it('explains itself', async () => {
  const { exitCode, stdout } = await finished(['verify-site', '--help']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    'Exit codes: 0 equal, 1 it differs, 2 wrong usage, or the site cannot be reached.',
  );
});

it('compares what browsers get compressed, and bounds what that decodes to', async () => {
  const url = await changedSite((folder) => {
    const copies = join(folder, '../compressed/web');
    cpSync(join(WEB, '../compressed/web'), copies, { recursive: true });
    const copyOf = (path: string, coding: string) =>
      join(copies, coding, digestOf(readFileSync(join(folder, path))) + extname(path));
    writeFileSync(
      copyOf('index.html', 'br'),
      brotliCompressSync('<script src="https://evil.example"></script>'),
    );
    writeFileSync(copyOf('service-worker.js', 'gzip'), gzipSync(Buffer.alloc(64 * 2 ** 20)));
    writeFileSync(copyOf('app.webmanifest', 'gzip'), 'not compressed at all');
  });
  const { exitCode, stdout } = await finished(['verify-site', url]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^Changed: “app\.webmanifest”, compressed as gzip, is too long or broken, not /),
    expect.stringMatching(/^Changed: “index\.html”, compressed as br, is [0-9a-f]{64}, not /),
    expect.stringMatching(/^Changed: “service-worker\.js”, compressed as gzip, is too long or broken, not /),
    `${url} does not serve p2p-copy ${VERSION}: 3 differences.`,
    `Build: ${BUILD}`,
  ]);
  expect(exitCode).toBe(1);
});
