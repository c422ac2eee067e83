// Makes the app's icons in PNG from apps/web/public/icon.svg. To be run when that changes; the icons are committed, so
// that a build needs no browser.
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { installBrowsers } from './install-browsers.mjs';
import { ROOT } from './run-step.mjs';

/** Systems cut a maskable icon to a shape of theirs: a circle of 80 % is what surely remains. */
const SAFE = 0.72;
const ICONS = [
  { name: '192', size: 192, isMaskable: false },
  { name: '512', size: 512, isMaskable: false },
  { name: 'maskable-512', size: 512, isMaskable: true },
  // iOS rounds it itself.
  { name: 'apple-touch', size: 180, isMaskable: true },
];

const svg = readFileSync(`${ROOT}apps/web/public/icon.svg`, 'utf8');
const ground = /fill="(#[0-9a-f]{6})"/.exec(svg)[1];
const [executablePath] = await installBrowsers(['chromium']);
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  const page = await browser.newPage();
  for (const { name, size, isMaskable } of ICONS) {
    await page.setViewportSize({ width: size, height: size });
    const inner = isMaskable ? size * SAFE : size;
    await page.setContent(
      `<body style="margin:0;display:grid;place-items:center;height:100vh;background:${isMaskable ? ground : 'transparent'}">` +
        `<div style="width:${inner}px;height:${inner}px">${svg}</div>`,
    );
    const png = await page.screenshot({ omitBackground: true });
    writeFileSync(`${ROOT}apps/web/public/icons/${name}.png`, png);
  }
} finally {
  await browser.close();
}
