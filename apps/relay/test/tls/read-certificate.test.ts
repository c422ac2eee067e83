// Every way in which the two files can be unusable, with a sentence that names the one at fault.
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { startRelay } from '../../src/index.ts';
import { checkCertificate, readCertificate } from '../../src/tls/read-certificate.ts';
import { type Authority, certificateFolder, makeAuthority } from './make-certificates.ts';

type Files = ReturnType<typeof certificateFolder>;

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});

it('reads a pair that belongs together, with its chain', async () => {
  const files = certificateFolder();
  const issued = await authority.issue();
  files.write({ ...issued, cert: `${issued.cert}\n${authority.ca}\n` });
  const certificate = await readCertificate(files.certFile, files.keyFile);
  checkCertificate(certificate);
  expect(certificate.key.toString()).toBe(issued.key);
});

const cannot = (what: 'certificate' | 'key', why: string) => (files: Files) =>
  `The ${what} file ${what === 'key' ? files.keyFile : files.certFile} can't be used: ${why}`;

it.each<[string, (files: Files) => void | Promise<void>, (files: Files) => string]>([
  [
    'no certificate file',
    ({ certFile }) => rmSync(certFile),
    cannot('certificate', 'there is no such file.'),
  ],
  ['no key file', ({ keyFile }) => rmSync(keyFile), cannot('key', 'there is no such file.')],
  [
    'a folder',
    ({ keyFile }) => {
      rmSync(keyFile);
      mkdirSync(keyFile);
    },
    cannot('key', 'it is a folder.'),
  ],
  [
    'too large',
    ({ certFile }) => truncateSync(certFile, 1024 * 1024 + 1),
    cannot('certificate', 'it has more'),
  ],
  [
    'an empty certificate',
    ({ certFile }) => writeFileSync(certFile, ''),
    cannot('certificate', 'it holds no'),
  ],
  [
    'half a certificate',
    ({ certFile }) => truncateSync(certFile, 100),
    cannot('certificate', 'its certificate'),
  ],
  [
    'an empty key',
    ({ keyFile }) => writeFileSync(keyFile, ''),
    cannot('key', 'it holds no private key in PEM'),
  ],
  [
    'half a key',
    ({ keyFile }) => truncateSync(keyFile, 100),
    cannot('key', 'it holds no private key in PEM'),
  ],
  [
    'a key with a passphrase',
    ({ keyFile }) => {
      const format = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
      const { privateKey } = generateKeyPairSync('ec', {
        namedCurve: 'P-256',
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: format,
      });
      writeFileSync(keyFile, privateKey);
    },
    cannot('key', 'it holds no private key in PEM, or one that needs a passphrase.'),
  ],
  [
    'a key of another certificate',
    async ({ keyFile }) => writeFileSync(keyFile, (await authority.issue()).key),
    ({ certFile, keyFile }) => `The key in ${keyFile} is not that of the certificate in ${certFile}.`,
  ],
])('refuses %s at start', async (_name, damage, sentence) => {
  const files = certificateFolder();
  files.write(await authority.issue());
  await damage(files);
  const started = startRelay({ port: 0, certFile: files.certFile, keyFile: files.keyFile });
  await expect(started).rejects.toMatchObject({ name: 'RelayError', code: 'invalid-config' });
  await expect(started).rejects.toThrow(sentence(files));
});

it('refuses a chain that goes on with garbage', async () => {
  const files = certificateFolder();
  const { cert, key } = await authority.issue();
  files.write({ cert: `${cert}\n${cert.slice(0, 200)}\n-----END CERTIFICATE-----\n`, key });
  const certificate = await readCertificate(files.certFile, files.keyFile);
  expect(() => checkCertificate(certificate)).toThrow(cannot('certificate', 'TLS refuses it (')(files));
});

it.runIf(process.getuid?.() !== 0)('refuses a key that this user may not read', async () => {
  const files = certificateFolder();
  files.write(await authority.issue());
  chmodSync(files.keyFile, 0);
  await expect(readCertificate(files.certFile, files.keyFile)).rejects.toThrow('this user may not read it');
});
