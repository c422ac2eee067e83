// A large file passes through both pages and stays in neither's memory. `npm run soak` sends 2 GiB.
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { pagesGrowth } from './pages-growth.ts';
import { pickedSize, removePicked, stubPickers } from './picked-places.ts';
import { hashFile, writeRandomFile } from './test-content.ts';

const SIZE_BYTES = process.env.P2P_COPY_SOAK_MINUTES === undefined ? 400_000_000 : 2 * 1024 ** 3;
/** For both pages together. */
const MAX_GROWTH_BYTES = 200_000_000;

test.skip(process.platform !== 'linux', 'memory is read from /proc');

for (const place of ['This browser first', 'A file that you choose'] as const) {
  test(`memory stays flat: ${place}`, async ({ browserContext, folder, openPage }) => {
    const file = path.join(folder, 'film.bin');
    await writeRandomFile(file, SIZE_BYTES);
    const name = path.basename(folder);
    const sender = await openPage();
    await steps.chooseFiles(sender, [file]);
    const receiver = await openPage({ before: (page) => stubPickers(page, name) });
    await steps.enterCode(receiver, await steps.shownCode(sender));
    await receiver.getByLabel(place).check();
    const growth = await pagesGrowth(browserContext, async () => {
      await steps.accept(receiver);
      await steps.expectReceived(receiver);
      await steps.expectConfirmed(sender);
    });
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    if (place === 'A file that you choose') {
      expect(await pickedSize(receiver, name, 'film.bin')).toBe(SIZE_BYTES);
      await removePicked(receiver, name);
    } else {
      const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
      expect(await hashFile(saved)).toBe(await hashFile(file));
    }
  });
}
