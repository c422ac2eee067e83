// The sockets of a STUN server on a machine whose addresses come and go.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { LOOK_INTERVAL_MS } from '../../src/foundation/follow.ts';
import { DEFAULT_RELAY_CONFIG } from '../../src/index.ts';
import { MAX_STUN_ADDRESSES, openStun, type StunServer } from '../../src/stun/open-stun.ts';
import { StunResponder } from '../../src/stun/stun-responder.ts';
import { FakeClock } from '../fake-clock.ts';
import { bindingRequest, StunClient } from './stun-client.ts';

const servers: StunServer[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function machineWith(addresses: string[], stunHost: readonly string[] = ['::']) {
  const clock = new FakeClock();
  const warnings: string[] = [];
  const responder = new StunResponder({
    ...{ rates: DEFAULT_RELAY_CONFIG, clock },
    isBlocked: () => false,
    onOutcome: () => {},
  });
  const server = (await openStun(
    { stunHost, stunPort: 0 },
    {
      ...{ clock, responder, onFault: () => {}, addressesHere: () => addresses },
      log: { info: () => {}, warn: (_fields, text) => void warnings.push(text!) },
    },
  ))!;
  servers.push(server);
  /** Whether somebody listens there: its port can't be had. */
  const listensAt = async (address: string) => {
    const socket = createSocket('udp4');
    socket.bind(server.port, address);
    const isFree = await once(socket, 'listening').then(
      () => true,
      () => false,
    );
    socket.close();
    return !isFree;
  };
  const look = async () => {
    clock.advance(LOOK_INTERVAL_MS);
    // It waits again once it has looked.
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return { server, clock, warnings, listensAt, look, addresses };
}

describe('a STUN server at every address', () => {
  it('answers from the address that was asked', async () => {
    const { server } = await machineWith(['127.0.0.1', '127.0.0.2']);
    const client = await StunClient.at('127.0.0.1', '127.0.0.2', server.port);
    const answered = once(client.socket, 'message');
    await client.send(bindingRequest());
    const [, from] = await answered;
    expect(from.address).toBe('127.0.0.2');
    client.socket.close();
  });

  it('takes those that come, and leaves those that go', async () => {
    const { listensAt, look, addresses, server } = await machineWith(['127.0.0.1', '127.0.0.2']);
    expect(await listensAt('127.0.0.3')).toBe(false);
    addresses.splice(0, 2, '127.0.0.2', '127.0.0.3');
    await look();
    expect(await Promise.all(['127.0.0.1', '127.0.0.2', '127.0.0.3'].map(listensAt))).toEqual([
      false,
      true,
      true,
    ]);
    server.close();
    expect(await listensAt('127.0.0.3')).toBe(false);
  });

  it('goes on without one that isn’t usable, and one whose port another program has, of which it warns once', async () => {
    const { listensAt, look, addresses, server, warnings } = await machineWith(['192.0.2.250', '127.0.0.1']);
    const other = createSocket('udp4');
    other.bind(server.port, '127.0.0.5');
    await once(other, 'listening');
    addresses.push('127.0.0.5', '127.0.0.6');
    await look();
    await look();
    expect(await listensAt('127.0.0.6')).toBe(true);
    expect(warnings).toEqual(['the STUN server does not answer at one of this machine’s addresses']);
    other.close();
    await once(other, 'close');
    await look();
    expect(await listensAt('127.0.0.5')).toBe(true);
  });

  it(`listens at ${MAX_STUN_ADDRESSES} of them`, async () => {
    const many = Array.from({ length: MAX_STUN_ADDRESSES + 2 }, (_each, at) => `127.0.9.${at + 1}`);
    const { listensAt } = await machineWith(many);
    expect(await Promise.all([many.at(-3)!, many.at(-2)!].map(listensAt))).toEqual([true, false]);
  });

  it('that are named doesn’t look for others', async () => {
    const { clock } = await machineWith(['127.0.0.1'], ['127.0.0.2']);
    expect(clock.pending).toBe(0);
  });
});
