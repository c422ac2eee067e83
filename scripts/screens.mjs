// `npm run screens`: pictures of every screen of the page, from real transfers, into docs/screens.
import { installBrowsers } from './install-browsers.mjs';
import { buildApps, withPrepared } from './prepare.mjs';
import { nodeCommand, runAttached } from './run-step.mjs';

await withPrepared(async () => {
  await installBrowsers(['chromium']);
  await buildApps();
  process.exitCode = await runAttached(
    nodeCommand('node_modules/playwright/cli.js', 'test', '--config', 'test/screens/screens.config.ts'),
  );
});
