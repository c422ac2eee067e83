// What the browser around the page shows and does: title, screen lock, notification, theme.
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

interface Recorded extends Window {
  notified: string[];
  locks: number;
}

/** Stands in for what a headless browser has no screen for. To be called before the page loads. */
async function recordPlatform(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const recorded = window as unknown as Recorded;
    recorded.notified = [];
    recorded.locks = 0;
    class Notified {
      static permission = 'default';
      static async requestPermission() {
        Notified.permission = 'granted';
        return 'granted';
      }
      constructor(title: string) {
        recorded.notified.push(title);
      }
    }
    Object.assign(window, { Notification: Notified });
    ServiceWorkerRegistration.prototype.showNotification = async (title) => {
      recorded.notified.push(title);
    };
    Object.defineProperty(navigator, 'wakeLock', {
      value: {
        request: async () => {
          recorded.locks++;
          return { release: async () => void recorded.locks-- };
        },
      },
    });
  });
}

function hide(page: Page): Promise<void> {
  return page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

const recordedBy = (page: Page) =>
  page.evaluate(() => {
    const { notified, locks } = window as unknown as Recorded;
    return { notified, locks };
  });

test('a transfer in the background shows in the title, keeps the screen on and tells its end', async ({
  longFile,
  openPage,
}) => {
  const sender = await openPage({ before: recordPlatform });
  await steps.chooseFiles(sender, [longFile.path]);
  const code = await steps.shownCode(sender);
  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  await expect(sender.getByRole('button', { name: 'Notify me' })).toHaveCount(0);
  await steps.acceptIntoBrowser(receiver);
  await sender.getByRole('button', { name: 'Notify me when done' }).click();
  await expect(sender.getByText('You will be notified.')).toBeVisible();
  expect(await recordedBy(sender)).toEqual({ notified: [], locks: 1 });
  await expect(sender).toHaveTitle(/^\d+% · long\.bin$/);
  await expect(sender.locator('link[rel=icon]')).toHaveAttribute('href', /^data:/);
  await hide(sender);
  await steps.cancel(receiver);
  await steps.expectAlert(sender, 'The other side stopped for good.');
  await expect(sender).toHaveTitle('Stopped · long.bin');
  await expect(sender.locator('link[rel=icon]')).toHaveAttribute('href', './icon.svg');
  expect(await recordedBy(sender)).toEqual({ notified: ['Stopped · long.bin'], locks: 0 });
});

test('nobody who did not ask is notified', async ({ openPage }) => {
  const sender = await openPage({ before: recordPlatform });
  await steps.sendMessage(sender, 'hello');
  await hide(sender);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.accept(receiver);
  await steps.expectConfirmed(sender);
  await expect(sender).toHaveTitle('Done · A message');
  expect(await recordedBy(sender)).toEqual({ notified: [], locks: 0 });
});

test('the theme is the system’s until one is chosen, and is remembered', async ({ openPage }) => {
  const page = await openPage();
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const [LIGHT, DARK] = ['rgb(245, 244, 240)', 'rgb(19, 21, 23)'];
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await ground()).toBe(DARK);
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await ground()).toBe(LIGHT);
  const choice = page.getByLabel('Appearance');
  await choice.selectOption('Dark');
  expect(await ground()).toBe(DARK);
  await page.reload();
  expect(await ground()).toBe(DARK);
  await choice.selectOption('As the system');
  expect(await ground()).toBe(LIGHT);
});
