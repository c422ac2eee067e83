// Compares the caps on connections with the files that the process may have open: past those the system refuses
// everybody, and files of the page too.
import { readdirSync, readFileSync } from 'node:fs';

export interface SocketCaps {
  maxConnections: number;
  maxConnectionsPerAddress: number;
  maxConnectionsPerSite: number;
  maxPageConnections: number;
  maxPageConnectionsPerAddress: number;
  maxPageConnectionsPerSite: number;
}

/** Fewer for sockets, and a relay does not start. */
export const MIN_SOCKET_DESCRIPTORS = 8;
/** What an operator is told to allow at least: enough for those, whatever else the process has open at its start. */
export const LEAST_DESCRIPTORS = 64;

/** Kept for files of the page, certificates, and what the system opens for itself; less where there are few in all. */
const SPARE_DESCRIPTORS = 64;
const SPARE_PART = 8;
/** A connection that loads the page has one file of it open, too. */
const DESCRIPTORS_OF_PAGE = 2;
/** Of the descriptors, those for pages, where there are fewer than the caps ask for. */
const PAGE_PART = 4;

/** Descriptors that sockets may take, or null where the system sets no limit or doesn't tell it. */
export function descriptorsForSockets(limit: number | null, open: number): number | null {
  if (limit === null) return null;
  const spare = Math.min(SPARE_DESCRIPTORS, Math.floor(limit / SPARE_PART));
  return Math.max(0, limit - open - spare);
}

/** What the sockets and files of full caps take. */
export function neededDescriptors({ maxConnections, maxPageConnections }: SocketCaps): number {
  return maxConnections + DESCRIPTORS_OF_PAGE * maxPageConnections;
}

/** Caps that keep within `descriptors`. Where they had to be lowered, no address gets more than half of anything. */
export function fitCaps(caps: SocketCaps, descriptors: number | null): SocketCaps {
  if (descriptors === null || neededDescriptors(caps) <= descriptors) return caps;
  const maxPageConnections = Math.min(
    caps.maxPageConnections,
    Math.max(1, Math.floor(descriptors / PAGE_PART)),
  );
  const maxConnections = Math.min(
    caps.maxConnections,
    Math.max(1, descriptors - DESCRIPTORS_OF_PAGE * maxPageConnections),
  );
  const half = (of: number) => Math.max(1, Math.floor(of / 2));
  return {
    maxConnections,
    maxConnectionsPerAddress: Math.min(caps.maxConnectionsPerAddress, half(maxConnections)),
    maxConnectionsPerSite: Math.min(caps.maxConnectionsPerSite, half(maxConnections)),
    maxPageConnections,
    maxPageConnectionsPerAddress: Math.min(caps.maxPageConnectionsPerAddress, half(maxPageConnections)),
    maxPageConnectionsPerSite: Math.min(caps.maxPageConnectionsPerSite, half(maxPageConnections)),
  };
}

/** Files that this process may have open, sockets included, and has; null where there is no limit or none is told. */
export function descriptorsOfProcess(): { limit: number | null; open: number } {
  return { limit: openFilesLimit(), open: openFiles() };
}

function openFilesLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return reportedLimit();
  }
}

/** Where there is no /proc. */
function reportedLimit(): number | null {
  if (process.platform === 'win32') return null;
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft?: number | string } };
  };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isInteger(soft) ? soft : null;
}

function isOutOfDescriptors(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}

/** 0 where the system doesn't tell, infinite where none is left to ask it with. */
function openFiles(): number {
  for (const folder of ['/proc/self/fd', '/dev/fd']) {
    try {
      return readdirSync(folder).length;
    } catch (error) {
      // None is left for the folder itself.
      if (isOutOfDescriptors(error)) return Number.POSITIVE_INFINITY;
    }
  }
  return 0;
}
