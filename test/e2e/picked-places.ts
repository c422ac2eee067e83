// Stands in for the browser's pickers, which a headless browser can't show: they give places in its own file storage.
import type { Page } from 'playwright/test';
import type { Tree } from './test-content.ts';

/** To be called before the page loads. Both pickers then give what lies under `name`. */
export async function stubPickers(page: Page, name: string): Promise<void> {
  await page.addInitScript((folderName) => {
    const picked = async () =>
      (await navigator.storage.getDirectory()).getDirectoryHandle(folderName, { create: true });
    Object.assign(window, {
      showDirectoryPicker: picked,
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await picked()).getFileHandle(suggestedName, { create: true }),
    });
  }, name);
}

/** What lies in the picked folder. */
export async function treePicked(page: Page, name: string): Promise<Tree> {
  return page.evaluate(async (folderName) => {
    const tree: Record<string, string> = {};
    const hex = (bytes: ArrayBuffer) =>
      Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const read = async (folder: FileSystemDirectoryHandle, at: string) => {
      let isEmpty = true;
      for await (const entry of folder.values()) {
        isEmpty = false;
        const path = at === '' ? entry.name : `${at}/${entry.name}`;
        if (entry.kind === 'directory') await read(entry, path);
        else {
          const bytes = await (await entry.getFile()).arrayBuffer();
          tree[path] = hex(await crypto.subtle.digest('SHA-256', bytes));
        }
      }
      if (isEmpty && at !== '') tree[at] = 'folder';
    };
    const root = await navigator.storage.getDirectory();
    await read(await root.getDirectoryHandle(folderName, { create: true }), '');
    return tree;
  }, name);
}

export async function removePicked(page: Page, name: string): Promise<void> {
  await page.evaluate(async (folderName) => {
    await (await navigator.storage.getDirectory()).removeEntry(folderName, { recursive: true });
  }, name);
}

/** Bytes of one file in the picked folder. */
export async function pickedSize(page: Page, name: string, file: string): Promise<number> {
  return page.evaluate(
    async ([folderName, fileName]) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(folderName!);
      return (await (await folder.getFileHandle(fileName!)).getFile()).size;
    },
    [name, file],
  );
}
