// Port ByteSource over a pipe that a person named: a FIFO, or what a shell puts in place of `<(command)`.
import { openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { SourceEntry } from '@p2p-copy/core';
import { sourceError } from '../disk/disk-error.ts';
import { openFlags } from './open-flags.ts';
import { streamEntry } from './stream-source.ts';

/** A manifest entry for what comes through the pipe until its last writer closes it. It can be opened once. */
export function pipeEntry(diskPath: string, path: string): SourceEntry {
  const open = () => {
    try {
      return new Socket({ fd: openSync(diskPath, openFlags(true)), readable: true, writable: false });
    } catch (error) {
      throw sourceError(error, path);
    }
  };
  return streamEntry(open, path);
}
