// A hostile sender's list, as long and as deep as it may be, at a page: it stays alive while the list comes, and Cancel ends it.
import { createNodePorts } from '../../apps/cli/src/node/node-ports.ts';
import { HostileSender } from '../../packages/core/test/transfer/rig/hostile-sender.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

const LISTS = {
  '60,000 paths of depth 128': {
    entries: 60_000,
    pathOf: (i: number) => `${i}/${'d/'.repeat(126)}f`,
    pageEntries: 500,
  },
  'a million short names': { entries: 1_000_000, pathOf: (i: number) => `f${i}`, pageEntries: 4000 },
};

for (const [what, { entries, pathOf, pageEntries }] of Object.entries(LISTS)) {
  test(`${what}: Cancel ends the listing, in its middle and at its end`, async ({ openPage, relayUrl }) => {
    test.slow();
    for (const isWhole of [false, true]) {
      const ports = await createNodePorts({ caFile: undefined });
      const { code, joined } = await HostileSender.wait(ports, relayUrl);
      const page = await openPage();
      await steps.enterCode(page, code);
      const sender = await joined;
      await sender.list(isWhole ? entries : entries / 2, pathOf, pageEntries);
      if (isWhole) await sender.say({ type: 'manifest-end', entries });
      // The list may be whole by then: Decline stands where Cancel stood.
      await page.getByRole('button', { name: /^(Cancel|Decline)$/ }).click();
      await expect(page.getByRole('button', { name: /^(Cancel|Decline)$/ })).toHaveCount(0);
      expect(await sender.hears('abort', 'decline')).not.toBeNull();
      await page.close();
    }
  });
}
