// Somebody plays the sender to a page, for a guess at the code: the person reads so, and the page doesn't give them more.
import { createDial, endpoint } from '../../apps/cli/src/node/network/dial-relay.ts';
import { meet } from '../../packages/core/test/transfer/rig/strangers.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

test('a page tells of a possible guess, and refuses the code after three', async ({ openPage, relayUrl }) => {
  const dial = createDial({ endpoint, isSealed: true });
  const code = '4911-guitar-ocean';
  let confirmations = 0;
  const page = await openPage();
  for (let attempt = 0; attempt < 4; attempt += 1) {
    let played: Promise<void> = Promise.resolve();
    await new Promise<void>((waits) => {
      played = meet(dial, relayUrl, 'sender', '4911', waits).then(async (impostor) => {
        await impostor.exchange();
        if ((await impostor.hear())[0] === 3) confirmations += 1;
        impostor.channel.send(Uint8Array.of(77));
        // So that it can wait under this number again.
        impostor.release();
        impostor.channel.close();
        while ((await impostor.channel.receive()).kind !== 'closed');
      });
      played.catch(() => {});
    });
    await steps.enterCode(page, code);
    await steps.expectAlert(
      page,
      attempt < 3
        ? 'someone in between made one guess at the code'
        : 'This code was confirmed here three times',
    );
    // The relay has let go of the number before the next one waits under it.
    if (attempt < 3) await played;
    await page.getByRole('button', { name: /^(Start again|Back to start)$/ }).click();
  }
  expect(confirmations).toBe(3);
});
