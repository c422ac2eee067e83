// What the running server is given, and when: by content, whatever the way in which files are renewed.
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { followCertificate } from '../../src/tls/follow-certificate.ts';
import { type Certificate, readCertificate } from '../../src/tls/read-certificate.ts';
import { FakeClock } from '../fake-clock.ts';
import { type Authority, certificateFolder, type Issued, makeAuthority } from './make-certificates.ts';

const LOOK_INTERVAL_MS = 5_000;

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});

async function followed(certFile: string, keyFile: string) {
  const clock = new FakeClock();
  const used: string[] = [];
  const log = { warn: vi.fn(), info: vi.fn(), debug: vi.fn() };
  const use = (certificate: Certificate) => used.push(certificate.cert.toString());
  const stop = followCertificate(await readCertificate(certFile, keyFile), { clock, log, use });
  onTestFinished(stop);
  return {
    clock,
    used,
    log,
    stop,
    /** One look, to its end: the next is due then. */
    async look() {
      expect(clock.pending).toBe(1);
      clock.advance(LOOK_INTERVAL_MS);
      while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

async function followedFolder() {
  const files = certificateFolder();
  const first = await authority.issue();
  files.write(first);
  return { files, first, ...(await followed(files.certFile, files.keyFile)) };
}

it('leaves the server alone while the files hold the same, touched or not', async () => {
  const { files, first, look, used, log } = await followedFolder();
  await look();
  files.write(first);
  await look();
  expect(used).toEqual([]);
  expect([log.warn.mock.calls, log.info.mock.calls]).toEqual([[], []]);
});

it('looks every 5 s', async () => {
  const { files, clock, look, used } = await followedFolder();
  files.write(await authority.issue());
  clock.advance(LOOK_INTERVAL_MS - 1);
  expect(clock.pending).toBe(1);
  expect(used).toEqual([]);
  await look();
  expect(used).toHaveLength(1);
});

it('uses a renewed pair once, and says so', async () => {
  const { files, look, used, log } = await followedFolder();
  const renewed: Issued[] = [await authority.issue(), await authority.issue()];
  for (const issued of renewed) {
    files.write(issued);
    await look();
    await look();
  }
  expect(used).toEqual(renewed.map(({ cert }) => cert));
  expect(log.info).toHaveBeenCalledTimes(2);
  expect(log.warn).not.toHaveBeenCalled();
});

it('notices a file that was renamed into its place, with the same time', async () => {
  const { files, look, used } = await followedFolder();
  const renewed = await authority.issue();
  for (const [file, content] of [
    [files.certFile, renewed.cert],
    [files.keyFile, renewed.key],
  ] as const) {
    const { atime, mtime } = statSync(file);
    writeFileSync(`${file}.new`, content);
    utimesSync(`${file}.new`, atime, mtime);
    renameSync(`${file}.new`, file);
  }
  await look();
  expect(used).toEqual([renewed.cert]);
});

it('notices a swapped link to another folder, as Kubernetes does it', async () => {
  const { folder } = certificateFolder();
  const [first, renewed] = [await authority.issue(), await authority.issue()];
  for (const [name, issued] of [
    ['1', first],
    ['2', renewed],
  ] as const) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'tls.crt'), issued.cert);
    writeFileSync(join(folder, name, 'tls.key'), issued.key);
  }
  symlinkSync('1', join(folder, 'data'));
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('data', name), join(folder, name));
  const { look, used } = await followed(join(folder, 'tls.crt'), join(folder, 'tls.key'));
  await look();
  expect(used).toEqual([]);
  symlinkSync('2', join(folder, 'data.new'));
  renameSync(join(folder, 'data.new'), join(folder, 'data'));
  await look();
  expect(used).toEqual([renewed.cert]);
});

it('keeps the old one while the files are half written, warns once, and tries again', async () => {
  const { files, look, used, log } = await followedFolder();
  const renewed = await authority.issue();
  writeFileSync(files.certFile, renewed.cert.slice(0, 100));
  await look();
  writeFileSync(files.certFile, renewed.cert);
  await look();
  rmSync(files.keyFile);
  await look();
  expect(used).toEqual([]);
  expect(log.warn).toHaveBeenCalledTimes(1);
  expect(log.warn.mock.calls[0]![0].reason).toContain(files.certFile);

  writeFileSync(files.keyFile, renewed.key);
  await look();
  expect(used).toEqual([renewed.cert]);
  // The next fault is another one.
  rmSync(files.keyFile);
  await look();
  await look();
  expect(log.warn).toHaveBeenCalledTimes(2);
  for (const [fields] of log.warn.mock.calls) expect(JSON.stringify(fields)).not.toContain('BEGIN');
});

it('stops, also in the middle of a look', async () => {
  const { files, clock, stop, used } = await followedFolder();
  files.write(await authority.issue());
  clock.advance(LOOK_INTERVAL_MS);
  stop();
  // Longer than any look takes: the same one, done here.
  await readCertificate(files.certFile, files.keyFile);
  await new Promise((resolve) => setImmediate(resolve));
  expect([clock.pending, used]).toEqual([0, []]);
});

it('stops between two looks', async () => {
  const { clock, stop } = await followedFolder();
  stop();
  expect(clock.pending).toBe(0);
});
