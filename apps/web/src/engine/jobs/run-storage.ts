// Jobs with one answer: what lies in this browser's storage, and what is stored of transfers of earlier tabs.

import type { Job, ListedTransfer, StorageReport, Strays } from '../../contract/messages.ts';
import type { Kept } from '../storage/kept-files.ts';
import { deleteKept, findStrays, KeptTransfer } from '../storage/kept-transfers.ts';
import {
  findTransfer,
  listTransfers,
  removeTransfer,
  type StoredTransfer,
} from '../storage/stored-transfers.ts';
import { lockedTransfers, lockTransfer } from '../storage/transfer-lock.ts';
import { reportFailure } from './report-failure.ts';

export type StorageJob = Exclude<Job, { type: 'send' | 'receive' }>;

/** @param kept what this tab shows */
export async function runStorage(job: StorageJob, port: MessagePort, kept: Map<string, Kept>): Promise<void> {
  const report = (message: StorageReport) => port.postMessage(message);
  try {
    report(await perform(job, kept, report));
  } catch (error) {
    reportFailure(error, report);
  }
}

async function perform(
  job: StorageJob,
  kept: Map<string, Kept>,
  report: (message: StorageReport) => void,
): Promise<StorageReport> {
  switch (job.type) {
    case 'zip': {
      const onProgress = (bytes: number) => report({ type: 'zip-progress', bytes });
      return { type: 'file', file: await keptOf(kept, job.transferId).zip(onProgress) };
    }
    case 'open-kept':
      return { type: 'file', file: await keptOf(kept, job.transferId).open(job.path) };
    case 'delete-kept':
      await keptOf(kept, job.transferId).delete();
      kept.delete(job.transferId);
      return { type: 'ok' };
    case 'release-kept':
      keptOf(kept, job.transferId).release();
      kept.delete(job.transferId);
      return { type: 'ok' };
    case 'reopen-kept':
      return reopen(job.transferId, kept);
    case 'list-transfers':
      return { type: 'transfers', ...(await listAll()) };
    case 'delete-listed':
      return deleteListed(job.transferId);
    case 'delete-strays':
      for (const id of (await strayIds()).ids) await deleteKept(id);
      return { type: 'ok' };
  }
}

function keptOf(kept: Map<string, Kept>, transferId: string): Kept {
  const found = kept.get(transferId);
  if (found === undefined) throw new Error(`no transfer ${transferId} in this tab`);
  return found;
}

async function reopen(transferId: string, kept: Map<string, Kept>): Promise<StorageReport> {
  const release = await lockTransfer(transferId);
  if (release === null) return { type: 'taken' };
  try {
    const reopened = await KeptTransfer.reopen(transferId, release);
    kept.set(transferId, reopened);
    return { type: 'kept', kept: reopened.shown };
  } catch (error) {
    release();
    throw error;
  }
}

async function deleteListed(transferId: string): Promise<StorageReport> {
  const release = await lockTransfer(transferId);
  if (release === null) return { type: 'taken' };
  try {
    // What was written into a picked folder is the person's.
    const isElsewhere =
      (await findTransfer(transferId, 'sending')) ?? (await findTransfer(transferId, 'reviewing'));
    const isHere = isElsewhere === null && (await storesFiles());
    await (isHere ? deleteKept(transferId) : removeTransfer(transferId));
    return { type: 'ok' };
  } finally {
    release();
  }
}

async function listAll(): Promise<{ listed: ListedTransfer[]; strays: Strays }> {
  const stored = await listTransfers().catch(() => []);
  const taken = await lockedTransfers();
  const { ids, bytes } = await strayIds(stored);
  return {
    listed: stored.map((transfer) => listedAs(transfer, taken)),
    strays: { transfers: ids.length, bytes },
  };
}

async function strayIds(stored?: StoredTransfer[]): Promise<{ ids: string[]; bytes: number }> {
  if (!(await storesFiles())) return { ids: [], bytes: 0 };
  const known = stored ?? (await listTransfers().catch(() => []));
  return findStrays(new Set(known.map(({ id }) => id)));
}

/** Some browsers have no storage for files, and some refuse it in a private window. */
async function storesFiles(): Promise<boolean> {
  try {
    await navigator.storage.getDirectory();
    return true;
  } catch {
    return false;
  }
}

function listedAs(transfer: StoredTransfer, taken: ReadonlySet<string>): ListedTransfer {
  const { id, kind, title, files, bytes, totalBytes } = transfer;
  const ended = transfer.kind === 'sending' || transfer.kind === 'receiving' ? transfer.ended : undefined;
  const shown = { id, kind, title, files, bytes, totalBytes, isTaken: taken.has(id) };
  return { ...shown, handles: handlesOf(transfer), ...(ended !== undefined && { ended }) };
}

function handlesOf(transfer: StoredTransfer): FileSystemHandle[] {
  switch (transfer.kind) {
    case 'sending':
      return transfer.roots;
    case 'receiving':
      return transfer.place.kind === 'folder' ? [transfer.place.folder] : [];
    case 'reviewing':
    case 'received':
      return [];
  }
}
