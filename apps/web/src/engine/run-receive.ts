// The receive job: shows the offer to the page, builds the sink that the person chose, and tells what is complete.
import {
  type FolderSink,
  InvariantError,
  type NameRules,
  type ReceiveOptions,
  type ReviewAnswer,
  receiveClassic,
  receiveFiles,
  type TransferResult,
} from '@p2p-copy/core';
import { calmEvents } from './calm-events.ts';
import { classicPorts, versionTwoPorts } from './engine-ports.ts';
import { KeptTransfer } from './kept-transfers.ts';
import type { ReceiveCommand, ReceiveJob, ReceiveReport, SinkChoice } from './messages.ts';
import { opfsSink } from './opfs-sink.ts';
import { pickedFileSink } from './picked-file-sink.ts';
import { pickedFolderSink } from './picked-folder-sink.ts';
import { reportFailure } from './report-failure.ts';

// What a browser refuses beyond this shows when it is asked for the name.
const NAME_RULES: NameRules = { windowsNames: false, refusesBackslash: true, foldsCase: false };

/** `keep` is told of a transfer in this browser's storage before anything is written to it. */
export async function runReceive(
  job: ReceiveJob,
  port: MessagePort,
  keep: (kept: KeptTransfer) => void,
): Promise<void> {
  const report = (message: ReceiveReport) => port.postMessage(message);
  const abort = new AbortController();
  const answer = Promise.withResolvers<ReviewAnswer>();
  let kept: KeptTransfer | null = null;

  async function openSink(choice: SinkChoice): Promise<FolderSink> {
    switch (choice.kind) {
      case 'none':
        return noSink;
      case 'folder':
        return pickedFolderSink(choice.folder);
      case 'file':
        return pickedFileSink(choice.file);
      case 'browser':
        kept = await KeptTransfer.create();
        keep(kept);
        return opfsSink(kept);
    }
  }

  port.onmessage = ({ data: command }: MessageEvent<ReceiveCommand>) => {
    switch (command.type) {
      case 'accept':
        return openSink(command.sink).then(
          (sink) => answer.resolve({ accept: true, sink, skip: new Set() }),
          answer.reject,
        );
      case 'decline':
        return answer.resolve({ accept: false, code: 'declined' });
      case 'cancel':
        abort.abort();
        // A review that nobody answers any more would never end.
        return answer.resolve({ accept: false, code: 'interrupted' });
    }
  };

  const { onEvent, flush } = calmEvents((event) => report({ type: 'event', event }));
  const reportKept = async () => {
    flush();
    if (kept === null) return;
    if (kept.isEmpty) return forget(kept);
    const files = [...kept.files.values()].map(({ path, sizeBytes }) => ({ path, sizeBytes }));
    report({ type: 'kept', kept: { transferId: kept.id, files, hasFolders: kept.hasFolders } });
  };
  try {
    const result = await receiveBy(job, {
      signal: abort.signal,
      onEvent,
      review(manifest) {
        report({ type: 'review', manifest });
        return answer.promise;
      },
      onText: (text) => report({ type: 'text', text }),
    });
    await reportKept();
    report({ type: 'done', result });
  } catch (error) {
    await reportKept();
    reportFailure(error, report);
  }
}

function receiveBy(
  job: ReceiveJob,
  options: Pick<ReceiveOptions, 'signal' | 'onEvent' | 'review' | 'onText'>,
): Promise<TransferResult> {
  const { relayUrl, code } = job;
  const ways = { ...options, relayUrl, code, nameRules: NAME_RULES };
  switch (job.wire) {
    case 'version-two':
      return receiveFiles(versionTwoPorts, ways);
    case 'classic':
      return receiveClassic(classicPorts, { ...ways, encrypt: job.encrypt });
  }
}

/** For messages alone, which never come to a sink. */
const noSink: FolderSink = {
  makeFolder: () => Promise.reject(new InvariantError('a message is not saved')),
  openFile: () => Promise.reject(new InvariantError('a message is not saved')),
  finish: async () => {},
};

/** Parts of files that nobody can save are not worth the room. */
async function forget(kept: KeptTransfer): Promise<void> {
  try {
    await kept.delete();
  } catch (error) {
    // It is offered for deletion when the page is next opened.
    console.warn(error);
  }
}
