// Brings forward on a page the moment from which an outage counts as long, so that a test needn't wait it out.
// offline.spec.ts and refusals.spec.ts wait it out, for the relay and for the other side.
import type { Page } from 'playwright/test';

/** An outage of this length is one of which the page says who is missing: progress/transfer-flow.svelte.ts. */
const LONG_OUTAGE_MS = 10_000;
const SOON_MS = 500;

/** Makes the page's timers of LONG_OUTAGE_MS fire after SOON_MS. Before the page is loaded; its worker's timers stay as they are. */
export async function callOutagesLongSoon(page: Page): Promise<void> {
  await page.addInitScript(
    ([longMs, soonMs]) => {
      const { setTimeout } = window;
      const hastened = (run: TimerHandler, ms?: number, ...args: unknown[]) =>
        setTimeout(run, ms === longMs ? soonMs : ms, ...args);
      window.setTimeout = hastened as typeof window.setTimeout;
    },
    [LONG_OUTAGE_MS, SOON_MS] as const,
  );
}
