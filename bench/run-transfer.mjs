// One transfer CLI → relay → CLI over loopback: three processes as people start them, measured.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startMeasured } from './measured-process.mjs';
import { startSlowPath } from './start-slow-path.mjs';

const BIN = fileURLToPath(new URL('../apps/cli/bin/p2p-copy.mjs', import.meta.url));
const RELAY_TIMEOUT_MS = 15_000;

/**
 * Sends `source` into a new folder below `scratch`. Seconds run from the launch of the receiver, with the sender
 * waiting, to the exit of both ends; `movingSeconds` from the offer to the receiver's word that all is there.
 * @param classic options of the classic wire, such as `['--encrypt']`; null for version 2
 * @param seed puts what the receiver has already into its folder
 * @param compress `auto` or `off`, in version 2
 * @param megabits rate of the receiver's link, a second; null for loopback
 */
export async function runTransfer(
  source,
  scratch,
  { classic = null, seed, compress = 'auto', megabits = null } = {},
) {
  const folder = mkdtempSync(path.join(scratch, 'run-'));
  if (seed !== undefined) {
    mkdirSync(path.join(folder, 'out'));
    seed(path.join(folder, 'out'));
  }
  const relay = await startRelay(folder);
  const rate = ['--rate', String((megabits * 1e6) / 8)];
  const link = megabits === null ? null : await startSlowPath(relay.url, rate);
  try {
    const out = path.join(folder, 'out');
    const ends = classic === null ? await version2(source, out) : await classicEnds(source, out, classic);
    const { sender, startMs, receiver } = ends;
    const [receivedAtMs, sentAtMs] = await Promise.all([receiver.success(), sender.success()]);
    const [offer, done] = [await receiver.event('offer'), await receiver.event('done')];
    await relay.process.stop();
    return {
      out: path.join(out, path.basename(source)),
      folder,
      seconds: (Math.max(receivedAtMs, sentAtMs) - startMs) / 1000,
      movingSeconds: (done.atMs - offer.atMs) / 1000,
      sender: sender.usage(),
      relay: relay.process.usage(),
      receiver: receiver.usage(),
    };
  } finally {
    link?.close();
    await relay.process.stop();
  }

  async function version2(source, out) {
    const sender = startSender(source, relay.url, folder, ['--compress', compress]);
    const { code } = await sender.event('code');
    const startMs = performance.now();
    // What is there is compared, and completed in place.
    const more = seed === undefined ? [] : ['--continue', '--overwrite', 'always'];
    return { sender, startMs, receiver: startReceiver(code, link?.url ?? relay.url, out, folder, more) };
  }

  async function classicEnds(source, out, options) {
    const server = relay.url.replace('http', 'ws');
    const sender = startMeasured(BIN, ['send', server, 'code', source, '--json', ...options], folder);
    await relay.waiting();
    const startMs = performance.now();
    const args = ['receive', server, 'code', '--out', out, '--json', ...options];
    return { sender, startMs, receiver: startMeasured(BIN, args, folder) };
  }
}

/**
 * Starts a relay on a free port and waits until it answers.
 * @param flags of its settings
 */
export async function startRelay(usageFolder, flags = []) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['relay', '--host', '127.0.0.1', '--port', String(port), ...flags];
  const relay = startMeasured(BIN, args, usageFolder);
  const giveUpMs = performance.now() + RELAY_TIMEOUT_MS;
  while (!(await answers(`${url}/healthz`))) {
    if (performance.now() > giveUpMs || relay.child.exitCode !== null) {
      relay.child.kill('SIGKILL');
      throw new Error(`the relay does not answer: ${relay.describe()}`);
    }
    await delay(20);
  }
  return { url, process: relay, waiting: () => untilWaiting(url) };
}

/** Resolves when an end waits at the relay. */
async function untilWaiting(url) {
  while ((await (await fetch(`${url}/healthz`)).json()).waiting === 0) await delay(10);
}

export function startSender(source, relayUrl, usageFolder, options = []) {
  return startMeasured(BIN, ['send', source, '--relay', relayUrl, '--json', ...options], usageFolder);
}

function startReceiver(code, relayUrl, out, usageFolder, more = []) {
  return startMeasured(
    BIN,
    ['receive', code, '--relay', relayUrl, '--out', out, '--yes', '--json', ...more],
    usageFolder,
  );
}

/** A receiver that writes the one file to standard output, which is left to the caller to read. */
export function startStdoutReceiver(code, relayUrl, usageFolder) {
  return startMeasured(BIN, ['receive', code, '--relay', relayUrl, '--stdout', '--yes'], usageFolder, {
    rawStdout: true,
  });
}

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
