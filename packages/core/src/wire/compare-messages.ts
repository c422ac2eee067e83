// The files that a receiver has compared, in ascending order, in messages of bounded length.
import type { ComparedFile, ControlMessage } from './control-message.ts';

const MAX_FILES_IN_MESSAGE = 8192;

/** @param files in ascending order */
export function* compareMessages(files: readonly ComparedFile[]): Generator<ControlMessage> {
  for (let at = 0; at < files.length; at += MAX_FILES_IN_MESSAGE) {
    yield { type: 'compare', files: files.slice(at, at + MAX_FILES_IN_MESSAGE) };
  }
}
