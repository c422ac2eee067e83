// A browser without the places that files are received into elsewhere, as a private window may be.
import type { Page } from 'playwright/test';

type OpenPage = (options?: { before?: (page: Page) => Promise<void> }) => Promise<Page>;

interface Lacks {
  /** How its storage refuses a file. */
  refusal?: 'late' | 'never';
  streams?: boolean;
  memoryGiB?: number;
}

/** A page whose browser has no pickers, and whose storage refuses files. */
export async function openBare(
  openPage: OpenPage,
  { refusal = 'late', streams = true, memoryGiB = 8 }: Lacks = {},
): Promise<Page> {
  const page = await openPage({
    before: async (opened) => {
      await opened.addInitScript(
        ([mayStream, deviceMemory]) => {
          Object.assign(window, { showSaveFilePicker: undefined, showDirectoryPicker: undefined });
          Object.defineProperty(navigator, 'deviceMemory', { value: deviceMemory });
          if (!mayStream) Object.defineProperty(navigator, 'serviceWorker', { value: undefined });
        },
        [streams, memoryGiB] as const,
      );
    },
  });
  const engine = page.workers()[0] ?? (await page.waitForEvent('worker'));
  await engine.evaluate(
    ([how, deviceMemory]) => {
      Object.defineProperty(navigator, 'deviceMemory', { value: deviceMemory });
      FileSystemFileHandle.prototype.createSyncAccessHandle = () =>
        how === 'never'
          ? new Promise(() => {})
          : Promise.reject(new DOMException('private', 'SecurityError'));
    },
    [refusal, memoryGiB] as const,
  );
  return page;
}
