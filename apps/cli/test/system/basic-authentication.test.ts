// A relay behind a real nginx that asks for a user name and password: they go to it, and are shown to nobody.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, run, startRelayProcess } from './cli-process.ts';

const hasNginx = spawnSync('nginx', ['-v']).status === 0;
const why = hasNginx ? '' : ' (skipped: no nginx here; apt-get install nginx-light)';
/** As a person chose it, and as it stands in an address. */
const PASSWORD = 'p@ss/wörd 1%';
const IN_ADDRESS = encodeURIComponent(PASSWORD);

describe.skipIf(!hasNginx)(`behind nginx that asks for a password${why}`, () => {
  it('both ends get through, in either format, and no output, link or log holds the password', async () => {
    const { folder, port } = await guarded();
    const address = `http://ann:${IN_ADDRESS}@127.0.0.1:${port}`;
    const file = join(folder, 'note.txt');
    writeFileSync(file, 'hello');
    const set = { P2P_COPY_RELAY: address, P2P_COPY_STATE: join(folder, 'state') };
    const outputs: string[] = [];
    const sender = run(['send', file], { set });
    const code = await codeOf(sender);
    const [, link] = await sender.says(/^Link: (\S+)$/m);
    expect(link).toBe(`http://127.0.0.1:${port}/#${code}`);
    // The receiver opens the link that it was sent, and has its own login for that relay.
    const received = await finished(['receive', link!, '--yes', '--json', '--out', join(folder, 'out')], {
      set,
    });
    outputs.push(received.stdout, received.stderr);
    expect([received.exitCode, await sender.exitCode]).toEqual([0, 0]);

    const classic = [`ws://ann:${IN_ADDRESS}@127.0.0.1:${port}`, 'a-code'];
    const classicReceiver = run(['receive', ...classic, '--out', join(folder, 'out-2')], { set });
    const classicSender = run(['send', ...classic, file], { set });
    expect([await classicReceiver.exitCode, await classicSender.exitCode]).toEqual([0, 0]);
    const page = await finished(['verify-site', address, '--json'], { set });
    expect(page).toMatchObject({ exitCode: 0 });
    const asText = await finished(['verify-site', address], { set });
    for (const end of [sender, classicSender, classicReceiver])
      outputs.push(end.stdout.toString(), end.stderr);
    outputs.push(
      page.stdout,
      page.stderr,
      asText.stdout,
      asText.stderr,
      readFileSync(join(folder, 'access.log'), 'utf8'),
    );
    for (const output of outputs)
      for (const part of [PASSWORD, IN_ADDRESS, 'ann:']) expect(output).not.toContain(part);
  });

  it('a wrong one, or none, is told as such, and not shown either', async () => {
    const { folder, port } = await guarded();
    for (const login of ['', 'ann:wrongone@']) {
      const set = {
        P2P_COPY_RELAY: `http://${login}127.0.0.1:${port}`,
        P2P_COPY_STATE: join(folder, 'state'),
      };
      const sent = await finished(['send', '--text', 'x'], { set });
      expect(sent.exitCode).toBe(3);
      expect(sent.stderr).toContain('asks for a user name and password');
      expect(sent.stderr).not.toContain('wrongone');
    }
  });

  it('a note with it can be read by its user only', async () => {
    const { folder, port } = await guarded();
    const big = join(folder, 'big.bin');
    writeFileSync(big, Buffer.alloc(200_000_000, 7));
    const set = {
      P2P_COPY_RELAY: `http://ann:${IN_ADDRESS}@127.0.0.1:${port}`,
      P2P_COPY_STATE: join(folder, 'state'),
    };
    const sender = run(['send', big, '--compress', 'off'], { set });
    const code = await codeOf(sender);
    const receiver = run(['receive', code, '--yes', '--out', join(folder, 'out')], { set });
    await sender.says(/Accepted/);
    sender.kill('SIGKILL');
    receiver.kill('SIGKILL');
    await Promise.all([sender.exitCode, receiver.exitCode]);
    const notes = join(folder, 'state/transfers');
    const names = readdirSync(notes).filter((name) => name.endsWith('.json'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(statSync(join(notes, name)).mode & 0o777).toBe(0o600);
    const listed = await finished(['resume'], { set });
    expect(listed.stdout + listed.stderr).not.toContain(IN_ADDRESS);
  });
});

async function guarded() {
  const relay = await startRelayProcess();
  onTestFinished(() => void relay.stop());
  const folder = await scratchFolder();
  mkdirSync(join(folder, 'tmp'));
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  writeFileSync(join(folder, 'users'), `ann:{PLAIN}${PASSWORD}\n`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/tmp/${name};`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `user root; daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events { worker_connections 256; }
http {
  access_log ${folder}/access.log; ${temporary}
  server {
    listen 127.0.0.1:${port};
    auth_basic "copy"; auth_basic_user_file ${folder}/users;
    location / {
      proxy_pass ${relay.url};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
    }
  }
}
`,
  );
  const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  onTestFinished(() => void nginx.kill('SIGTERM'));
  while (!(await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null))) {
    if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}`);
  }
  return { folder, port };
}
