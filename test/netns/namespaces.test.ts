// The networks that tests make for themselves: what they join, what they cut, and that nothing of them stays.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { run } from '../../apps/cli/test/system/cli-process.ts';
import type { Congestion } from './namespace.ts';
import { leftovers, Namespaces } from './namespaces.ts';
import { PlainLink } from './plain-link.ts';
import { ENVIRONMENT, reasonToSkip } from './reason-to-skip.ts';
import { connectsTcp, streamTcp } from './tcp-stream.ts';

const reason = reasonToSkip();
const ADDRESSES = ['198.18.0.2', '2001:2::2'];
const PORT = 5000;
const BYTES = 1_000_000;

async function joined() {
  const namespaces = new Namespaces();
  const [from, to] = [namespaces.add('from'), namespaces.add('to')];
  const link = await PlainLink.join(
    { namespace: from, device: 'eth0', addresses: ['198.18.0.1/24', '2001:2::1/64'] },
    { namespace: to, device: 'eth0', addresses: ['198.18.0.2/24', '2001:2::2/64'] },
  );
  return { namespaces, from, to, link };
}

function namesNow(): string[] {
  return execFileSync('ip', ['netns', 'list'], { env: ENVIRONMENT, encoding: 'utf8' }).split(/\s+/);
}

describe.skipIf(reason !== null)(`networks of a test${reason ? ` (${reason})` : ''}`, () => {
  it.each(ADDRESSES)('carry TCP to %s, which nothing outside reaches', async (host) => {
    const { from, to, link } = await joined();
    const stream = await streamTcp({ from, to }, host, PORT, BYTES);
    expect(stream.bytes).toBe(BYTES);
    expect(link.bytes).toBeGreaterThan(BYTES);
    expect(execFileSync('ip', ['route', 'get', ADDRESSES[0]!], { env: ENVIRONMENT }).toString()).not.toMatch(
      /dev eth0 src 198\.18/,
    );
  });

  it.each(ADDRESSES)(
    'let a link to %s be cut silently, for TCP, for a port, for a length, by unplugging, and be mended',
    async (host) => {
      const { from, to, link } = await joined();
      const connects = () => connectsTcp({ from, to }, host, PORT);
      for (const what of ['everything', 'tcp', { port: PORT }, { longerThan: 20 }] as const) {
        link.drop(what);
        expect(await connects()).toBe(false);
      }
      for (const what of [{ port: PORT + 1 }, { longerThan: 1_000 }]) {
        link.drop(what);
        expect(await connects()).toBe(true);
      }
      link.mend();
      link.unplug();
      expect(await connects()).toBe(false);
      await link.plug();
      expect(await connects()).toBe(true);
    },
  );

  it.for<Congestion>(['reno', 'cubic', 'bbr'])('take %s for a route', async (congestion, { skip }) => {
    const { from } = await joined();
    if (!from.hasCongestion(congestion)) return skip(`this kernel has no ${congestion}`);
    from.route({ to: '198.18.0.0/24', device: 'eth0', congestion });
    expect(from.ip('route', 'show', '198.18.0.0/24')).toContain(`congctl ${congestion}`);
  });

  it('run the command in one of them, which gets signals itself', async () => {
    const { from } = await joined();
    const relay = run(['relay', '--http', '--host', '198.18.0.1', '--port', '0'], { within: from.within });
    await relay.says(/http:\/\/198\.18\.0\.1:\d+/);
    relay.kill('SIGTERM');
    expect(await relay.exitCode).toBe(0);
  });

  it('end with all processes in them', async () => {
    const { namespaces, from } = await joined();
    const [file, ...args] = [...from.within, 'sleep', '1000'];
    const sleeper = spawn(file!, args, { env: ENVIRONMENT, stdio: 'ignore' });
    await expect.poll(() => from.processes()).toEqual([sleeper.pid]);
    const ended = once(sleeper, 'close');
    namespaces.remove();
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(namesNow()).not.toContain(from.name);
  });

  it('of a run that was killed are removed by the next', async () => {
    const dead = spawn('true');
    await once(dead, 'close');
    const name = `p2pc-${dead.pid}-1-000000-left`;
    execFileSync('ip', ['netns', 'add', name], { env: ENVIRONMENT });
    expect(leftovers()).toContain(name);
    const { from } = await joined();
    expect(leftovers()).toEqual([]);
    expect(namesNow()).toContain(from.name);
    expect(namesNow()).not.toContain(name);
  });
});
