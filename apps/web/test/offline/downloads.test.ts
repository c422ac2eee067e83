// The service worker's half of a streamed download, against an engine that says what a test says.
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import type { DownloadCommand } from '../../src/offline/download-messages.ts';
import {
  answerDownload,
  begunDownload,
  failDownload,
  keepDownload,
  openDownload,
} from '../../src/offline/downloads.ts';

const PATIENCE_MS = 30_000;
const ports: MessagePort[] = [];
let opened = 0;

afterEach(() => {
  for (const port of ports.splice(0)) port.close();
  vi.useRealTimers();
});

function download(name = 'a.bin', sizeBytes: number | null = null) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const reports: string[] = [];
  port1.onmessage = ({ data }) => reports.push(data.type);
  const id = `download-${opened++}`;
  const address = openDownload(id, name, sizeBytes, port2);
  return { id, address, reports, tell: (command: DownloadCommand) => port1.postMessage(command) };
}

test('gives what the engine gives, when the browser asks for it', async () => {
  const { id, address, reports, tell } = download('a.bin', 3);
  const begun = begunDownload(id);
  const response = answerDownload(address)!;
  await begun;
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-length': '3',
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  await expect.poll(() => reports).toEqual(['pull']);
  tell({ type: 'bytes', bytes: Uint8Array.of(1, 2, 3) });
  tell({ type: 'end' });
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 3]);
});

test('is fetched once, at its address alone', async () => {
  const { address } = download();
  expect(answerDownload('/')).toBeNull();
  expect(answerDownload('download/other')!.type).toBe('error');
  expect(answerDownload(address)!.status).toBe(200);
  expect(answerDownload(address)!.type).toBe('error');
});

test.each<[string, (given: ReturnType<typeof download>) => void]>([
  ['the engine fails', ({ tell }) => tell({ type: 'fail' })],
  ['its tab goes', ({ id }) => failDownload(id)],
])('fails when %s', async (_, end) => {
  const given = download();
  const response = answerDownload(given.address)!;
  given.tell({ type: 'bytes', bytes: Uint8Array.of(1) });
  end(given);
  await expect(response.arrayBuffer()).rejects.toThrow();
  expect(answerDownload(given.address)!.type).toBe('error');
});

test('fails when nothing is heard of its tab', async () => {
  vi.useFakeTimers();
  const { id, address } = download();
  const response = answerDownload(address)!;
  const reading = response.arrayBuffer().then(
    () => 'whole',
    () => 'failed',
  );
  const letGo: string[] = [];
  void keepDownload(id).then(() => letGo.push('first'));
  await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
  void keepDownload(id).then(() => letGo.push('second'));
  await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1);
  expect(letGo).toEqual(['first']);
  await vi.advanceTimersByTimeAsync(1);
  expect(await reading).toBe('failed');
  expect(letGo).toEqual(['first', 'second']);
});

test('tells the engine that the browser wants no more', async () => {
  const { address, reports } = download();
  await answerDownload(address)!.body!.cancel();
  await expect.poll(() => reports).toContain('cancelled');
});

test('any name stays one, in ASCII', () => {
  // Halves of surrogate pairs too.
  const unit = fc.nat(0xffff).map((code) => String.fromCharCode(code));
  const property = fc.property(fc.string({ unit }), (name) => {
    const header = answerDownload(download(name).address)!.headers.get('content-disposition')!;
    const [, encoded] = /^attachment; filename\*=UTF-8''([\w!~.%-]*)$/.exec(header)!;
    expect(decodeURIComponent(encoded!)).toBe(name.toWellFormed());
  });
  fc.assert(property);
});
