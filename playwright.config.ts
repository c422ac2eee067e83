// Browser tests: real browsers, a real relay process, real files. `npm run test:e2e` runs them.
import { defineConfig } from 'playwright/test';

const json = process.env.PLAYWRIGHT_JSON;

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  projects: [
    { name: 'chromium', use: { browserName: 'chromium' }, testIgnore: '**/firefox-*' },
    // What depends on the browser, and can be driven there, by a driver that is young: what passes only at the second
    // attempt is named as flaky.
    { name: 'firefox', use: { browserName: 'firefox' }, grep: /@firefox/, retries: 1 },
  ],
  // The tests share one relay and one browser, and measure nothing that two at a time would make faster.
  workers: 1,
  use: { actionTimeout: 120_000 },
  timeout: 900_000,
  expect: { timeout: 120_000, toPass: { timeout: 120_000 } },
  forbidOnly: process.env.CI !== undefined,
  reporter: json === undefined ? 'list' : [['list'], ['json', { outputFile: json }]],
});
