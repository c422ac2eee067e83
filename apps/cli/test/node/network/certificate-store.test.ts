// Which authorities are trusted, by the variables that name them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect, it } from 'vitest';
import { certificateStore } from '../../../src/node/network/trust/certificate-store.ts';
import { scratchFolder } from '../../scratch.ts';

const [A, B, C] = rootCertificates as [string, string, string];

it('a folder of certificates may hold pipes, links that lead nowhere, folders and text beside them', async () => {
  const folder = await scratchFolder();
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  mkdirSync(join(folder, 'folder'));
  symlinkSync('nowhere', join(folder, 'broken'));
  writeFileSync(join(folder, 'a.pem'), `Subject: A\r\n${A.replaceAll('\n', '\r\n')}\r\n`);
  writeFileSync(join(folder, 'README'), 'none');
  symlinkSync('a.pem', join(folder, '12345678.0'));
  writeFileSync(join(folder, 'b.pem'), `${A}\n${B}\n`);
  const { certificates } = await certificateStore({ SSL_CERT_DIR: `/nowhere:${folder}` });
  expect(certificates.map((each) => each.replaceAll('\r', '')).sort()).toEqual([A, A, B].sort());
});

it.each([
  ['SSL_CERT_FILE', 'missing', 'cannot be read'],
  ['SSL_CERT_FILE', 'empty.pem', 'holds none in PEM format'],
  ['SSL_CERT_FILE', 'damaged.pem', 'is damaged'],
  ['SSL_CERT_FILE', '.', 'cannot be read'],
  ['P2P_COPY_CA_FILE', 'missing', 'cannot be read'],
  ['SSL_CERT_DIR', 'missing', 'No certificate in PEM format is in SSL_CERT_DIR'],
  ['SSL_CERT_DIR', 'empty', 'No certificate in PEM format is in SSL_CERT_DIR'],
])(
  '%s that names what is %s is an error, and never trust in somebody else',
  async (variable, name, words) => {
    const root = await scratchFolder();
    writeFileSync(join(root, 'empty.pem'), '');
    writeFileSync(join(root, 'damaged.pem'), `${A}\n${B.replace(/CATE-----\n.{64}/, 'CATE-----\n')}`);
    mkdirSync(join(root, 'empty'));
    const asked = certificateStore({ [variable]: join(root, name) });
    await expect(asked).rejects.toMatchObject({
      code: 'relay-unreachable',
      retryable: false,
      message: expect.stringMatching(new RegExp(`${variable}.*${words}|${words}`)),
    });
  },
);

it('P2P_COPY_CA_FILE is trusted besides, and pinned if it holds one', async () => {
  const root = await scratchFolder();
  const file = (name: string, text: string) => {
    writeFileSync(join(root, name), text);
    return join(root, name);
  };
  const named = { SSL_CERT_FILE: file('a', A), SSL_CERT_DIR: join(root, 'missing') };
  expect(await certificateStore({ ...named, P2P_COPY_CA_FILE: file('b', B) })).toMatchObject({
    certificates: [A, B],
    pinned: B,
  });
  expect(await certificateStore({ ...named, P2P_COPY_CA_FILE: file('bc', `${B}\n${C}`) })).toMatchObject({
    certificates: [A, B, C],
    pinned: null,
  });
  const system = await certificateStore({ P2P_COPY_CA_FILE: file('b', B), SSL_CERT_FILE: '' });
  expect(system.certificates.length).toBeGreaterThan(10);
});
