// Starts relays on free ports and closes all of them, and their clients, after each test.

import type { Clock } from '@p2p-copy/core/foundation';
import { afterEach } from 'vitest';
import type { ClientOptions } from 'ws';
import { type RelayConfig, type RunningRelay, startRelay } from '../src/index.ts';
import { opaqueKey, RelayClient } from './relay-client.ts';

const relays: RunningRelay[] = [];
const clients: RelayClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.terminate();
  await Promise.all(relays.splice(0).map((relay) => relay.close()));
});

export async function relayWith(config: Partial<RelayConfig> = {}, clock?: Clock): Promise<RunningRelay> {
  const here = config.listen === undefined ? { host: '127.0.0.1', port: 0 } : {};
  const relay = await startRelay({ ...here, logLevel: 'silent', ...config }, clock);
  relays.push(relay);
  return relay;
}

export async function clientOf(
  relay: RunningRelay,
  ...options: Parameters<typeof RelayClient.connect> extends [string, ...infer Rest] ? Rest : never
): Promise<RelayClient> {
  const client = await RelayClient.connect(relay.url, ...options);
  clients.push(client);
  return client;
}

/** A sender and a receiver, both past `ready` under one opaque key. */
export async function pairOf(
  relay: RunningRelay,
  key = opaqueKey('k'),
): Promise<{ sender: RelayClient; receiver: RelayClient }> {
  const sender = (await clientOf(relay)).hello('sender', key);
  const receiver = (await clientOf(relay)).hello('receiver', key);
  await Promise.all([sender.nextJson(), receiver.nextJson()]);
  return { sender, receiver };
}

/** The same of the older tool: its receiver hears nothing, but may speak once its sender has. */
export async function classicPairOf(
  relay: RunningRelay,
  codeHash = 'c0de',
  options: ClientOptions = {},
): Promise<{ sender: RelayClient; receiver: RelayClient }> {
  const receiver = (await clientOf(relay, '/', options)).classicHello('receiver', codeHash);
  const sender = (await clientOf(relay, '/', options)).classicHello('sender', codeHash);
  await sender.nextJson();
  return { sender, receiver };
}

/** A sender that waits under a nameplate. */
export async function allocatedOn(
  relay: RunningRelay,
  wanted: string | null = null,
): Promise<{ sender: RelayClient; nameplate: string; token: string }> {
  const sender = (await clientOf(relay)).allocate(wanted);
  const { nameplate, token } = await sender.nextJson();
  return { sender, nameplate: nameplate!, token: token! };
}

export async function healthOf(
  relay: Pick<RunningRelay, 'url'>,
): Promise<{ waiting: number; pairs: number }> {
  return (await fetch(`${relay.url}/healthz`)).json() as Promise<{ waiting: number; pairs: number }>;
}

/** A waiting hello has no answer, and a lost socket no witness: ask the relay itself until it has noticed. */
export async function untilWaiting(relay: RunningRelay, count: number): Promise<void> {
  while ((await healthOf(relay)).waiting !== count);
}

export async function untilPairs(relay: RunningRelay, count: number): Promise<void> {
  while ((await healthOf(relay)).pairs !== count);
}
