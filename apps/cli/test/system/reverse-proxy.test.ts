// A relay behind a real nginx: its clients are told apart, and nobody chooses an address.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RelayClient } from '../../../relay/test/relay-client.ts';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';

const hasNginx = spawnSync('nginx', ['-v']).status === 0;
const why = hasNginx ? '' : ' (skipped: no nginx here; apt-get install nginx-light)';

describe.skipIf(!hasNginx)(`behind nginx${why}`, () => {
  it('one client’s wrong codes don’t shut out another’s right one', async () => {
    const relay = await startRelayProcess('0', ['--trust-proxy', '127.0.0.1']);
    const url = await nginxFor(relay);
    const file = join(await scratchFolder(), 'note.txt');
    writeFileSync(file, 'hello');
    const sender = run(['send', file], { set: { P2P_COPY_RELAY: url } });
    const code = await codeOf(sender);
    expect(await wrongCodes(url, 25)).toEqual([...new Array(20).fill(4404), ...new Array(5).fill(4429)]);
    const out = await scratchFolder();
    const receiver = await finished(['receive', code, '--yes', '--out', out], {
      set: { P2P_COPY_RELAY: url },
    });
    expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    await relay.stop();
  });

  it('a client that writes its own X-Forwarded-For is still itself, and so is one straight at the port', async () => {
    const relay = await startRelayProcess('0', ['--trust-proxy', '127.0.0.1']);
    const url = await nginxFor(relay);
    let forged = 0;
    const forging = () => ({ 'x-forwarded-for': `198.51.100.${++forged}` });
    expect((await wrongCodes(url, 21, forging)).at(-1)).toBe(4429);
    // From an address that no proxy has.
    expect((await wrongCodes(relay.url, 21, forging, '127.0.0.3')).at(-1)).toBe(4429);
    await relay.stop();
  });

  it('that isn’t named, all its clients are one', async () => {
    const relay = await startRelayProcess();
    const url = await nginxFor(relay);
    expect((await wrongCodes(url, 21)).at(-1)).toBe(4429);
    expect(await wrongCodes(url, 1, () => ({}), '127.0.0.1')).toEqual([4429]);
    await relay.stop();
  });
});

/** Close codes of `count` joins of unknown nameplates by one client. */
async function wrongCodes(
  url: string,
  count: number,
  headers: () => Record<string, string> = () => ({}),
  localAddress = '127.0.0.2',
): Promise<number[]> {
  const codes: number[] = [];
  for (let i = 0; i < count; i++) {
    const client = await RelayClient.connect(url, '/ws', { localAddress, headers: headers() });
    codes.push(await client.hello('receiver', String(900_000_000 + i)).nextClose());
  }
  return codes;
}

/** Starts one in front of a relay, as its documentation says how, and gives where it is. */
async function nginxFor(relay: RelayProcess): Promise<string> {
  const folder = await scratchFolder();
  mkdirSync(join(folder, 'tmp'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/tmp/${name};`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events { worker_connections 256; }
http {
  access_log off; ${temporary}
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${relay.url};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`,
  );
  const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  onTestFinished(() => void nginx.kill('SIGTERM'));
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}`);
  }
  return url;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
