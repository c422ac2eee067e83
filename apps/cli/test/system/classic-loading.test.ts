// The classic room is loaded by who asks for it: the built command and library, in processes of their own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { run } from './cli-process.ts';

const RECORDER = pathToFileURL(fileURLToPath(new URL('./loaded-files.mjs', import.meta.url))).href;
/** Strings that stand in no module but those of the classic room: at an end (core's, the command's), and at a relay. */
const COMMAND_MARK = 'This is the format of the Python tool.';
const SENDER_MARKS = ['The other side left before everything had been sent to it.', COMMAND_MARK];
const RECEIVER_MARKS = ['A chunk does not match its checksum.', COMMAND_MARK];
const RELAY_MARKS = ['First frame must be hello'];
const MARKS = new Set([...SENDER_MARKS, ...RECEIVER_MARKS, ...RELAY_MARKS]);

/** A folder with something to send. */
async function folderToSend(): Promise<string> {
  const folder = await scratchFolder();
  writeFileSync(join(folder, 'a.txt'), 'some content');
  return folder;
}

/** Runs the command; gives it, and the marks in the modules that it has loaded by then. */
function recorded(folder: string, name: string, ...args: string[]) {
  const list = join(folder, `loaded-by-${name}`);
  writeFileSync(list, '');
  const process = run(args, { set: { LOADED_FILES: list, NODE_OPTIONS: `--import=${RECORDER}` } });
  const marks = () => {
    const urls = readFileSync(list, 'utf8').split('\n');
    const loaded = urls.filter((url) => url.startsWith('file:') && url.includes('/dist/'));
    expect(loaded.length).toBeGreaterThan(1);
    const sources = loaded.map((url) => readFileSync(fileURLToPath(url), 'utf8'));
    return [...MARKS].filter((mark) => sources.some((source) => source.includes(mark)));
  };
  return { process, marks };
}

async function recordedRelay(folder: string) {
  const relay = recorded(folder, 'relay', 'relay', '--host', '127.0.0.1', '--port', '0');
  const [, url] = await relay.process.says(/On this device: (\S+)/);
  return { url: url!, marks: relay.marks };
}

test('a transfer between two of our own ends loads no module of the classic wire, at either end or at the relay', async () => {
  const folder = await folderToSend();
  const relay = await recordedRelay(folder);
  const code = '71-guitar-ocean';
  const file = join(folder, 'a.txt');
  const sender = recorded(folder, 'send', 'send', '--relay', relay.url, '--code', code, file);
  await sender.process.says(/^Code: /m);
  const out = join(folder, 'out');
  const receiver = recorded(folder, 'receive', 'receive', code, '--relay', relay.url, '--yes', '--out', out);
  expect([await sender.process.exitCode, await receiver.process.exitCode]).toEqual([0, 0]);
  expect([sender.marks(), receiver.marks(), relay.marks()]).toEqual([[], [], []]);
});

test('a transfer in the form of the Python tool loads the classic wire, the relay when its first client comes', async () => {
  const folder = await folderToSend();
  const relay = await recordedRelay(folder);
  const server = relay.url.replace('http', 'ws');
  const sender = recorded(folder, 'send', 'send', server, 'a code', join(folder, 'a.txt'));
  const receiver = recorded(folder, 'receive', 'receive', server, 'a code', '--out', join(folder, 'out'));
  expect([await sender.process.exitCode, await receiver.process.exitCode]).toEqual([0, 0]);
  expect(sender.marks()).toEqual(expect.arrayContaining(SENDER_MARKS));
  expect(receiver.marks()).toEqual(expect.arrayContaining(RECEIVER_MARKS));
  expect(relay.marks()).toEqual(RELAY_MARKS);
});
