// Manifest entries that have no content to open: folders and links.
import type { BigIntStats } from 'node:fs';
import { type SourceEntry, TransferError } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { modeOf, modifiedMsOf } from './file-source.ts';

/** A manifest entry for a folder. */
export function folderEntry({ path, stats }: { path: string; stats: BigIntStats }): SourceEntry {
  return {
    kind: 'folder',
    path,
    sizeBytes: 0,
    modifiedMs: modifiedMsOf(stats),
    executable: false,
    ...modeOf(stats),
    open: () => Promise.reject(new TransferError('source-unreadable', `${quoted(path)} is a folder.`)),
  };
}

/** One for a link. @param target the offered path to which it leads */
export function linkEntry(path: string, target: string): SourceEntry {
  return {
    kind: 'link',
    path,
    target,
    sizeBytes: 0,
    modifiedMs: null,
    executable: false,
    open: () => Promise.reject(new TransferError('source-unreadable', `${quoted(path)} is a link.`)),
  };
}
