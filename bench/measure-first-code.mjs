// How long a person waits for the code: from the launch of the sender to the code, for one file and for a large folder,
// which is scanned meanwhile.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startRelay, startSender } from './run-transfer.mjs';

const FILES_IN_FOLDER = 1000;

/** Medians in seconds. */
export async function measureFirstCode({ files, runs, scratch }) {
  const folder = mkdtempSync(path.join(scratch, 'code-'));
  const tree = path.join(folder, 'tree');
  for (let i = 0; i < files; i++) {
    const parent = path.join(tree, String(Math.floor(i / FILES_IN_FOLDER)));
    if (i % FILES_IN_FOLDER === 0) mkdirSync(parent, { recursive: true });
    writeFileSync(path.join(parent, `${i}.txt`), '');
  }
  const file = path.join(tree, '0', '0.txt');
  const relay = await startRelay(folder);
  const seconds = { file: [], folder: [] };
  for (let i = 0; i < runs; i++) {
    seconds.file.push(await secondsToCode(file, relay.url, folder));
    seconds.folder.push(await secondsToCode(tree, relay.url, folder));
  }
  await relay.process.stop();
  rmSync(folder, { recursive: true });
  return { files, fileSeconds: median(seconds.file), folderSeconds: median(seconds.folder) };
}

async function secondsToCode(source, relayUrl, folder) {
  const startMs = performance.now();
  const sender = startSender(source, relayUrl, folder);
  const { atMs } = await sender.event('code');
  await sender.stop();
  return (atMs - startMs) / 1000;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
