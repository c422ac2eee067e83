// Not a test: `npm run screens` takes a picture of every screen for docs/screens.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { test } from '../e2e/fixtures.ts';
import { tourScreens } from '../e2e/tour-screens.ts';
import { palettePng } from './palette-png.ts';

const PLACE = new URL('../../docs/screens/', import.meta.url).pathname;
const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];

test('pictures of every screen', async ({ browserContext, folder, openPage, relayUrl }) => {
  await rm(PLACE, { recursive: true, force: true });
  await mkdir(PLACE, { recursive: true });
  await tourScreens({ browserContext, folder, openPage, relayUrl }, async (screen, page) => {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const png = await page.screenshot({ fullPage: true, caret: 'hide' });
        await writeFile(`${PLACE}${screen}-${size.width}-${colorScheme}.png`, palettePng(png));
      }
    }
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  });
});
