// The send job: what the page picked goes in, what the engine tells goes out.
import {
  fromErrorRecord,
  type SendOptions,
  type SourceEntry,
  sendClassic,
  sendFiles,
  type TransferResult,
} from '@p2p-copy/core';
import { fileEntry, folderEntry, textEntry } from './blob-source.ts';
import { calmEvents } from './calm-events.ts';
import { classicPorts, versionTwoPorts } from './engine-ports.ts';
import type { PickedItem, SendCommand, SendJob, SendReport } from './messages.ts';
import { reportFailure } from './report-failure.ts';

export async function runSend(job: SendJob, port: MessagePort): Promise<void> {
  const report = (message: SendReport) => port.postMessage(message);
  const abort = new AbortController();
  const picked = collectEntries();
  port.onmessage = ({ data: command }: MessageEvent<SendCommand>) => {
    switch (command.type) {
      case 'items':
        return picked.add(command.items);
      case 'items-end':
        return picked.end();
      case 'items-failed':
        return picked.fail(fromErrorRecord(command.error));
      case 'cancel':
        return abort.abort();
    }
  };

  const { onEvent, flush } = calmEvents((event) => report({ type: 'event', event }));
  try {
    const result = await sendBy(job, { entries: picked.entries, signal: abort.signal, onEvent });
    flush();
    report({ type: 'done', result });
  } catch (error) {
    flush();
    reportFailure(error, report);
  }
}

function sendBy(
  job: SendJob,
  options: Pick<SendOptions, 'entries' | 'signal' | 'onEvent'>,
): Promise<TransferResult> {
  const { relayUrl } = job;
  switch (job.wire) {
    case 'version-two':
      return sendFiles(versionTwoPorts, { ...options, relayUrl });
    case 'classic': {
      const { code, encrypt } = job;
      return sendClassic(classicPorts, {
        ...options,
        relayUrl,
        code,
        encrypt,
        compress: 'auto',
        resume: false,
      });
    }
  }
}

/** Entries that arrive in pages while the page still reads a folder. */
function collectEntries() {
  const collected: SourceEntry[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<SourceEntry[]>();
  // The engine may have ended before it looked.
  promise.catch(() => {});
  return {
    entries: promise,
    add: (items: PickedItem[]) => {
      for (const item of items) collected.push(entryOf(item));
    },
    end: () => resolve(collected),
    fail: reject,
  };
}

function entryOf(item: PickedItem): SourceEntry {
  switch (item.kind) {
    case 'file':
      return fileEntry(item.path, item.file);
    case 'folder':
      return folderEntry(item.path);
    case 'text':
      return textEntry(item.text);
  }
}
