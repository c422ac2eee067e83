import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it, onTestFinished, vi } from 'vitest';
import { certificateFolder, makeAuthority } from '../../../relay/test/tls/make-certificates.ts';
import { startRelay } from '../../src/library/relay/start-relay.ts';
import { scratchFolder } from '../scratch.ts';

const HERE = { host: '127.0.0.1', port: 0 };

async function urlOf(options: Parameters<typeof startRelay>[0]): Promise<string> {
  const relay = await startRelay({ ...HERE, ...options });
  onTestFinished(() => relay.close());
  return relay.url;
}

it('serves https with a certificate, and http without', async () => {
  const files = certificateFolder();
  files.write(await (await makeAuthority()).issue());
  const { certFile, keyFile } = files;
  expect(await urlOf({ certFile, keyFile })).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(await urlOf({})).toMatch(/^http:/);
});

it.each([{ certFile: 'cert.pem' }, { keyFile: 'key.pem' }, { certFile: '', keyFile: '' }])(
  'rejects %j',
  async (files) => {
    await expect(startRelay({ ...HERE, ...files })).rejects.toMatchObject({ code: 'invalid-config' });
  },
);

it('serves https with a certificate of its own, and says which', async () => {
  const state = await stateIn(await scratchFolder());
  const relay = await startRelay({ ...HERE, selfSigned: true });
  onTestFinished(() => relay.close());
  const { certFile, fingerprint } = relay.ownCertificate!;
  expect(certFile).toBe(join(state, 'relay-certificate/cert.pem'));
  expect(relay.url).toMatch(/^https:/);
  const shown = await new Promise((resolve, reject) => {
    const trust = { ca: readFileSync(certFile), servername: 'localhost' };
    const socket = connect({ port: relay.port, host: '127.0.0.1', ...trust }, () => {
      resolve(socket.getPeerX509Certificate()!.fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
  expect(shown).toBe(fingerprint);
  expect(await startRelay(HERE).then(async (plain) => [plain.ownCertificate, await plain.close()])).toEqual([
    null,
    undefined,
  ]);
});

it.each([{ certFile: 'cert.pem' }, { keyFile: 'key.pem' }])('makes none beside %j', async (files) => {
  const state = await stateIn(await scratchFolder());
  const start = startRelay({ ...HERE, selfSigned: true, ...files });
  await expect(start).rejects.toMatchObject({ code: 'invalid-config' });
  expect(existsSync(state)).toBe(false);
});

it('says where it could not keep its certificate, and what to set', async () => {
  const state = await stateIn(await scratchFolder());
  writeFileSync(state, 'no folder');
  const start = startRelay({ ...HERE, selfSigned: true });
  await expect(start).rejects.toMatchObject({ code: 'invalid-config' });
  await expect(start).rejects.toThrow(/can't be kept in .*relay-certificate.*Set P2P_COPY_STATE/);
});

async function stateIn(folder: string): Promise<string> {
  const state = join(folder, 'state');
  vi.stubEnv('P2P_COPY_STATE', state);
  onTestFinished(() => void vi.unstubAllEnvs());
  return state;
}
