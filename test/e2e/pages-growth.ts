// How much memory the pages of a Chromium hold while something runs, with their workers.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, CDPSession } from 'playwright/test';

const INTERVAL_MS = 100;

/** Runs `action`. By how many bytes the pages' memory had grown when it was at its largest. Reads /proc. */
export async function pagesGrowth(context: BrowserContext, action: () => Promise<void>): Promise<number> {
  const session = await context.browser()!.newBrowserCDPSession();
  const before = await heldBytes(session);
  let peak = before;
  let isOver = false;
  const watch = async () => {
    while (!isOver) {
      peak = Math.max(peak, await heldBytes(session));
      await sleep(INTERVAL_MS);
    }
  };
  const watching = watch();
  try {
    await action();
  } finally {
    isOver = true;
    await watching;
    await session.detach();
  }
  return peak - before;
}

/** Not of the browser's own process: there lies in wait what the test driver is told of each WebSocket message. */
async function heldBytes(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const pages = processInfo.filter(({ type }) => type === 'renderer');
  const held = await Promise.all(pages.map(({ id }) => heldBy(id)));
  return held.reduce((sum, bytes) => sum + bytes, 0);
}

/** Without what is mapped from files, which the system can drop. A process that has ended holds nothing. */
async function heldBy(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = [...status.matchAll(/^(?:RssAnon|RssShmem):\s+(\d+) kB$/gm)];
  return kibibytes.reduce((sum, [, count]) => sum + Number(count) * 1024, 0);
}
