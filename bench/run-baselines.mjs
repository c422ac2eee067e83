// What this machine can do at best, measured in the same run: bare pipes, and one core's ciphers.
import { createCipheriv, createHash, webcrypto } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMeasured } from './measured-process.mjs';

const WS_PIPE = fileURLToPath(new URL('ws-pipe.mjs', import.meta.url));
const TCP_PIPE = fileURLToPath(new URL('tcp-pipe.mjs', import.meta.url));
const UNIT_BYTES = 256 * 1024;

/** `bytes` through sender, relay and receiver as three processes that do nothing else, over WebSockets. */
export function runWsPipe(bytes, scratch) {
  return runPipe(WS_PIPE, (port) => `ws://127.0.0.1:${port}`, bytes, scratch);
}

/** The same over plain TCP. */
export function runTcpPipe(bytes, scratch) {
  return runPipe(TCP_PIPE, String, bytes, scratch);
}

/** The relay of the WebSocket pipe alone, for ends elsewhere. It ends with the first of them. */
export async function startPipeRelay(usageFolder) {
  const relay = startMeasured(WS_PIPE, ['relay'], usageFolder);
  const { port } = await relay.event('listening');
  return { url: `ws://127.0.0.1:${port}`, process: relay };
}

async function runPipe(script, addressOf, bytes, scratch) {
  const folder = mkdtempSync(path.join(scratch, 'pipe-'));
  const relay = startMeasured(script, ['relay'], folder);
  const { port } = await relay.event('listening');
  const receiver = startMeasured(script, ['receive', addressOf(port), String(bytes)], folder);
  const sender = startMeasured(script, ['send', addressOf(port), String(bytes)], folder);
  const { seconds } = await sender.event('done');
  await Promise.all([sender.success(), receiver.success(), relay.success()]);
  return { seconds, sender: sender.usage(), relay: relay.usage(), receiver: receiver.usage() };
}

/** MB in one second of CPU time, over `bytes` in units of 256 KiB: what else runs on the machine counts less so. */
export async function runCeilings(bytes) {
  const unit = Buffer.alloc(UNIT_BYTES, 0xa5);
  const units = Math.ceil(bytes / UNIT_BYTES);
  const iv = Buffer.alloc(12);
  const key = await webcrypto.subtle.importKey('raw', Buffer.alloc(32), 'AES-GCM', false, ['encrypt']);
  const jobs = {
    'SHA-256, node:crypto': () => createHash('sha256').update(unit).digest(),
    'SHA-256, WebCrypto': () => webcrypto.subtle.digest('SHA-256', unit),
    'AES-256-GCM, node:crypto': () => {
      const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32), iv);
      cipher.update(unit);
      cipher.final();
      cipher.getAuthTag();
    },
    'AES-256-GCM, WebCrypto': () => webcrypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, unit),
  };
  const ceilings = {};
  for (const [name, job] of Object.entries(jobs)) {
    for (let i = 0; i < 50; i++) await job();
    const before = process.cpuUsage();
    for (let i = 0; i < units; i++) await job();
    const { user, system } = process.cpuUsage(before);
    ceilings[name] = (units * UNIT_BYTES) / (user + system);
  }
  return ceilings;
}
