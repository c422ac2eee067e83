import { expect, it, onTestFinished } from 'vitest';
import { certificateFolder, makeAuthority } from '../../../relay/test/tls/make-certificates.ts';
import { startRelay } from '../../src/library/start-relay.ts';

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
