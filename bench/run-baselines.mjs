// What this machine can do at best, measured in the same run: a bare WebSocket pipe, and one core's ciphers.
import { createCipheriv, createHash, webcrypto } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMeasured } from './measured-process.mjs';

const PIPE = fileURLToPath(new URL('ws-pipe.mjs', import.meta.url));
const UNIT_BYTES = 256 * 1024;

/** `bytes` through sender, relay and receiver as three processes that do nothing else. */
export async function runWsPipe(bytes, scratch) {
  const folder = mkdtempSync(path.join(scratch, 'pipe-'));
  const relay = startMeasured(PIPE, ['relay'], folder);
  const { port } = await relay.event('listening');
  const url = `ws://127.0.0.1:${port}`;
  const receiver = startMeasured(PIPE, ['receive', url, String(bytes)], folder);
  const sender = startMeasured(PIPE, ['send', url, String(bytes)], folder);
  const { seconds } = await sender.event('done');
  await Promise.all([sender.success(), receiver.success(), relay.success()]);
  return { seconds, sender: sender.usage(), relay: relay.usage(), receiver: receiver.usage() };
}

/** MB/s of one core over `bytes` in units of 256 KiB. */
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
    const startMs = performance.now();
    for (let i = 0; i < units; i++) await job();
    ceilings[name] = (units * UNIT_BYTES) / 1e3 / (performance.now() - startMs);
  }
  return ceilings;
}
