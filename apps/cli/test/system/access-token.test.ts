// An access token's whole life at the terminal: made, given, saved, shown to the relay alone, revoked.
import { once } from 'node:events';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, run, startRelayProcess } from './cli-process.ts';
import { hasScript } from './has-script.ts';

async function scene() {
  const root = await scratchFolder();
  const file = join(root, 'note.txt');
  writeFileSync(file, 'hello');
  const operator = { P2P_COPY_STATE: join(root, 'operator') };
  const person = { P2P_COPY_STATE: join(root, 'person') };
  const token = (...args: string[]) => finished(['relay', 'token', ...args], { set: operator });
  return { root, file, operator, person, token };
}

it('is made, needed, saved, used, revoked, and refused, and each step says what to do', async () => {
  const { root, file, operator, person, token } = await scene();
  const early = await finished(['relay', '--port', '0', '--access', 'token'], { set: operator });
  expect([early.exitCode, early.stderr]).toEqual([
    2,
    expect.stringContaining('p2p-copy relay token add --name NAME'),
  ]);
  const limits = ['--bytes-per-day', '5GB', '--bytes-per-second', '10MB'];
  const made = await token('add', '--name', 'lab', '--expires', '30d', ...limits);
  expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^p2pcopy_[\w-]{54}\n$/) });
  const secret = made.stdout.trim();
  expect(statSync(join(operator.P2P_COPY_STATE, 'relay-tokens.json')).mode & 0o777).toBe(0o600);

  const relay = await startRelayProcess('0', ['--access', 'token'], { set: operator });
  const send = (set: Record<string, string> = {}) =>
    run(['send', file, '--relay', relay.url], { set: { ...person, ...set } });
  const needed = send();
  expect(await needed.exitCode).toBe(3);
  expect(needed.stderr).toContain(
    'This relay lets only those send who have an access token for it.\nAsk whoever runs',
  );
  expect(needed.stderr).toContain('p2p-copy login');

  expect(await finished(['login', relay.url], { set: person, input: `${secret}\n` })).toMatchObject({
    exitCode: 0,
  });
  const saved = join(person.P2P_COPY_STATE, 'saved-tokens.json');
  expect(statSync(saved).mode & 0o777).toBe(0o600);
  const sender = send();
  const code = await codeOf(sender);
  // A guest has nothing.
  const out = join(root, 'out');
  const guest = { P2P_COPY_STATE: join(root, 'guest') };
  const received = await finished(['receive', code, '--yes', '--out', out, '--relay', relay.url], {
    set: guest,
  });
  expect([received.exitCode, await sender.exitCode, readFileSync(join(out, 'note.txt'), 'utf8')]).toEqual([
    0,
    0,
    'hello',
  ]);
  const inEnvironment = send({ P2P_COPY_STATE: join(root, 'other'), P2P_COPY_RELAY_TOKEN: secret });
  await codeOf(inEnvironment);
  inEnvironment.kill('SIGINT');

  const list = await token('list');
  expect(list.stdout).toMatch(/^NAME +CREATED +EXPIRES .*\nlab .* 5\.0 GB +10\.0 MB\n$/);
  expect(await token('revoke', 'lab')).toMatchObject({ exitCode: 0 });
  expect(await token('revoke', 'lab')).toMatchObject({ exitCode: 2 });
  // Within seconds: the relay looks at its file by itself.
  let refused = '';
  while (!refused.includes('does not know that access token')) {
    const again = send();
    await Promise.race([again.exitCode, again.says(/^Code: /m).catch(() => {})]);
    again.kill('SIGINT');
    await again.exitCode;
    refused = again.stderr;
  }
  expect(refused).toContain('or it was revoked');
  expect(await finished(['logout', relay.url], { set: person })).toMatchObject({ exitCode: 0 });
  expect(readFileSync(saved, 'utf8')).not.toContain(secret);
  // Nobody has printed it: not the relay, not the sender.
  expect(`${relay.process.stdout}${relay.process.stderr}${sender.stdout}${sender.stderr}`).not.toContain(
    secret.slice(20),
  );
  await relay.stop();
});

it('that has expired is said to be', async () => {
  const { file, operator, person, token } = await scene();
  const secret = (await token('add', '--name', 'lab')).stdout.trim();
  const path = join(operator.P2P_COPY_STATE, 'relay-tokens.json');
  const written = JSON.parse(readFileSync(path, 'utf8'));
  written.tokens[0].expires = '2020-01-01T00:00:00.000Z';
  writeFileSync(path, JSON.stringify(written));
  expect((await token('list')).stdout).toContain('2020-01-01 00:00 (over)');
  const relay = await startRelayProcess('0', ['--access', 'token'], { set: operator });
  const sent = await finished(['send', file, '--json', '--relay', relay.url, '--relay-token', secret], {
    set: person,
  });
  expect(sent.exitCode).toBe(3);
  expect(sent.stdout).toContain('"relay-token-expired"');
  await relay.stop();
});

describe('a relay elsewhere', () => {
  /** Notes what clients say first, and answers nothing good. */
  async function listener(answer: object = { type: 'error', code: 'relay-full', message: '' }) {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const heard: string[] = [];
    server.on('connection', (socket, { url, headers }) => {
      socket.on('message', (text) => {
        heard.push(`${url} ${JSON.stringify(headers)} ${text}`);
        socket.send(JSON.stringify(answer));
        socket.close(4503);
      });
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
  }

  it('named by a stranger’s link, or by a redirect, hears no token', async () => {
    const { file, person, token } = await scene();
    const secret = (await token('add', '--name', 'lab')).stdout.trim();
    const stranger = await listener();
    const own = await listener({ type: 'redirect', url: stranger.url });
    const set = { ...person, P2P_COPY_RELAY: own.url, P2P_COPY_RELAY_TOKEN: secret };
    await finished(['receive', `${stranger.url}/#7-guitar-ocean`, '--yes'], { set });
    await finished(['send', file], { set });
    await finished(['login', own.url], { set: person, input: secret });
    await finished(['send', file, '--relay', own.url], { set: person });
    await finished(['send', file, '--relay', stranger.url], { set: person });
    // At login too, which tries it.
    expect(own.heard.map((said) => said.includes(secret))).toEqual([true, true, true]);
    // Nor in the address or a header of the first.
    for (const said of own.heard) expect(said.split(' {"type"')[0]).not.toContain(secret);
    expect(stranger.heard).toHaveLength(5);
    expect(stranger.heard.join()).not.toContain('p2pcopy');
  });
});

it('a file of tokens that others may read is an error that says which command mends it', async () => {
  const { file, operator, person, token } = await scene();
  await token('add', '--name', 'lab');
  const tokens = join(operator.P2P_COPY_STATE, 'relay-tokens.json');
  chmodSync(tokens, 0o644);
  for (const args of [
    ['relay', '--port', '0', '--access', 'token'],
    ['relay', 'token', 'list'],
    ['relay', 'token', 'add', '--name', 'b'],
  ]) {
    const refused = await finished(args, { set: operator });
    expect([refused.exitCode, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`Run: chmod 600 ${tokens}`),
    ]);
  }
  const saved = join(person.P2P_COPY_STATE, 'saved-tokens.json');
  await finished(['login', 'http://localhost:1'], { set: person, input: `p2pcopy_${'x'.repeat(54)}` });
  chmodSync(saved, 0o640);
  const refused = await finished(['send', file, '--relay', 'http://localhost:1'], { set: person });
  expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(`Run: chmod 600 ${saved}`)]);
});

it.each([
  ['add', '--name', '../x'],
  ['add', '--name', 'x', '--expires', 'soon'],
  ['add', '--name', 'x', '--expires', '2001-01-01'],
  ['add', '--name', 'x', '--expires', '0d'],
  ['add', '--name', 'x', '--bytes-per-day', '-1'],
  ['add', '--name', 'x', '--bytes-per-second', '0'],
  ['add'],
  ['revoke', 'nobody'],
  ['add', '--name', 'x', '--token-file', '/dev/null/tokens.json'],
])('relay token %s %s %s %s is a wrong call, and no token is made', async (...args) => {
  const { token } = await scene();
  const refused = await token(...args);
  expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toMatch(/\S.*\n.*\S/);
  expect((await token('list')).stdout).toBe('');
});

it('no part of what is no whole token is quoted', async () => {
  const { file, person } = await scene();
  for (const set of [{ ...person, P2P_COPY_RELAY_TOKEN: 'p2pcopy_halfofasecret' }, person]) {
    const args = set === person ? ['--relay-token', 'p2pcopy_halfofasecret'] : [];
    const refused = await finished(['send', file, '--relay', 'http://localhost:1', ...args], { set });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).not.toContain('halfofasecret');
  }
});

it.skipIf(!hasScript)('login asks on a terminal, and shows nothing of what is typed', async () => {
  const { person } = await scene();
  const login = run(['login', 'http://localhost:1'], { set: person, terminal: true });
  await login.says(/Access token for http:\/\/localhost:1: /);
  const secret = `p2pcopy_${'Secret1'.repeat(8).slice(0, 54)}`;
  login.type(`${secret}\r`);
  await login.says(/is saved/);
  expect(await login.exitCode).toBe(0);
  expect(login.stdout.toString()).not.toContain('Secret1');
  expect(readFileSync(join(person.P2P_COPY_STATE, 'saved-tokens.json'), 'utf8')).toContain(secret);
});

it('is tried before login says that it is saved, and one that the relay refuses is not', async () => {
  const { operator, person, token } = await scene();
  const secret = (await token('add', '--name', 'lab')).stdout.trim();
  const relay = await startRelayProcess('0', ['--access', 'token'], { set: operator });
  const login = (url: string, input: string) => finished(['login', url], { set: person, input });
  const saved = () => readFileSync(join(person.P2P_COPY_STATE, 'saved-tokens.json'), 'utf8');

  const right = await login(relay.url, secret);
  expect(right).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('The relay takes senders with it.'),
  });
  const wrong = await login(relay.url, `p2pcopy_${'A'.repeat(54)}`);
  expect(wrong.exitCode).toBe(3);
  expect(wrong.stderr).toContain('does not know that access token, or it was revoked. Nothing was saved.');
  expect(saved()).toContain(secret);
  expect(saved()).not.toContain('AAAA');

  await relay.stop();
  const unreached = await login(relay.url, secret);
  expect(unreached.exitCode).toBe(0);
  expect(unreached.stderr).toMatch(
    /is saved, instead of the one before\. It could not be tried, .*cannot be reached/,
  );
});

it('is made, listed and revoked in the file that the relay’s configuration names', async () => {
  const { root, token } = await scene();
  const [tokens, config] = [join(root, 'tokens of the file.json'), join(root, 'relay.json')];
  writeFileSync(config, JSON.stringify({ tokenFile: tokens }));
  const made = await token('add', '--name', 'lab', '--config', config);
  expect(made, made.stderr).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(tokens) });
  expect(readFileSync(tokens, 'utf8')).toContain('lab');
  expect((await token('list', '--config', config)).stdout).toContain('lab');
  expect((await token('list')).stdout).toBe('');
  expect(await token('revoke', 'lab', '--config', config)).toMatchObject({ exitCode: 0 });
  expect(readFileSync(tokens, 'utf8')).not.toContain('lab');
});
