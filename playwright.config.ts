// Browser tests: real browsers, a real relay process, real files. `npm run test:e2e` runs them.
import { defineConfig } from 'playwright/test';
import './test/projects/without-proxies.ts';

const json = process.env.PLAYWRIGHT_JSON;

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  projects: [
    { name: 'chromium', use: { browserName: 'chromium' }, testIgnore: '**/firefox-*' },
    // What depends on the browser, and can be driven there.
    { name: 'firefox', use: { browserName: 'firefox' }, grep: /@firefox/ },
  ],
  // Most of a test is waiting. Each worker has a relay, a browser and a state folder of its own, and goes through one file at a time.
  workers: 2,
  // A browser is not ours to mend. What passes only at the second attempt is named as flaky: look why.
  retries: 1,
  use: { actionTimeout: 120_000 },
  timeout: 900_000,
  expect: { timeout: 120_000, toPass: { timeout: 120_000 } },
  forbidOnly: process.env.CI !== undefined,
  reporter: json === undefined ? 'list' : [['list'], ['json', { outputFile: json }]],
});
