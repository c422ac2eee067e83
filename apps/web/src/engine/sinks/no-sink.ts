// The sink of an offer without files.
import { type FolderSink, InvariantError } from '@p2p-copy/core';

/** For messages alone, which never come to a sink. */
export const noSink: FolderSink = {
  makeFolder: () => Promise.reject(new InvariantError('a message is not saved')),
  openFile: () => Promise.reject(new InvariantError('a message is not saved')),
  finish: async () => {},
};
