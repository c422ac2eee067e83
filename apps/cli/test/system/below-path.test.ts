// A relay below a path of nginx, which tells it nothing of who asks: the link that a terminal prints, the page, and transfers.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../../test/proxies/deployed-proxy.ts';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, run, startRelayProcess } from './cli-process.ts';

const ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
const hasNginx = spawnSync('nginx', ['-v'], { env: ENVIRONMENT }).status === 0;
const hasNetwork = Object.values(networkInterfaces()).some((found) =>
  found?.some(({ family, internal }) => family === 'IPv4' && !internal),
);

/** nginx in front of a relay's port, with what WebSockets need and nothing else. */
async function startNginx(relayPort: string, path: string): Promise<string> {
  const folder = await scratchFolder();
  const port = await freePort();
  mkdirSync(join(folder, 'tmp'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/tmp/${kind};`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${folder}/pid; events {}
http { access_log off; ${temporary}
  server { listen 127.0.0.1:${port};
    location "${path}/" { proxy_pass http://127.0.0.1:${relayPort}/; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $http_host; } } }\n`,
  );
  const args = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  const nginx = spawn('nginx', args, { env: ENVIRONMENT, stdio: 'ignore' });
  onTestFinished(() => void nginx.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}${encodeURI(path)}`;
  await expect
    .poll(
      () =>
        fetch(`${url}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  return url;
}

async function startRelay() {
  const set = { P2P_COPY_STATE: join(await scratchFolder(), 'relay-state') };
  const relay = run(['relay', '--port', '0'], { set });
  const [, port] = await relay.says(/On this device: \S+:(\d+)/);
  return port!;
}

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

it.skipIf(!hasNginx || !hasNetwork)('the link that a terminal prints leads to a page', async () => {
  const url = await startNginx(await startRelay(), '/p2p');
  const sender = run(['send', '--text', 'x', '--relay', url]);
  const [, link] = await sender.says(/^Link: (\S+)$/m);
  expect(link).toMatch(/^https:\/\/[\d.]+:\d+\/\?relay-fingerprint=/);
  expect(await statusOf(link!)).toBe(200);
  const [, command] = await sender.says(/^ {2}curl \S+ (\S+\/cli\.mjs) /m);
  expect(await statusOf(command!)).toBe(200);
});

it.skipIf(!hasNginx).each(['/p2p', '/a/deep~er/path', '/of two words/ü'])(
  'a transfer, verify-site and doctor work below %s',
  async (path) => {
    const root = await scratchFolder();
    writeFileSync(join(root, 'file'), 'below a path');
    const url = await startNginx(await startRelay(), path);
    const sender = run(['send', join(root, 'file'), '--relay', decodeURI(url)]);
    const receive = [
      'receive',
      await codeOf(sender),
      '--yes',
      '--out',
      join(root, 'out'),
      '--relay',
      `${url}/`,
    ];
    const receiver = await finished(receive);
    expect([await sender.exitCode, receiver.exitCode], receiver.stderr).toEqual([0, 0]);
    expect(readFileSync(join(root, 'out/file'), 'utf8')).toBe('below a path');
    for (const address of [url, `${url}/`]) {
      const site = await finished(['verify-site', address]);
      expect(site, site.stderr).toMatchObject({ exitCode: 0 });
    }
    expect(await finished(['doctor', '--relay', url])).toMatchObject({ exitCode: 0 });
  },
);

it.skipIf(!hasNginx)('the command for the other device says the same in a shell', async () => {
  const { port } = new URL((await startRelayProcess()).url);
  const typed = decodeURI(await startNginx(port, '/of two/[words]'));
  const sender = run(['send', '--text', 'x', '--relay', typed]);
  const [, command] = await sender.says(/^ {2}p2p-copy (receive --relay .+)$/m);
  const words = execFileSync('sh', ['-c', `printf '%s|' ${command}`], { encoding: 'utf8' });
  expect(words).toBe(`receive|--relay|${typed}|`);
});
