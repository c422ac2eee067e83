// What the policy refuses in the page itself: text that would become markup, or a script from elsewhere.
import { expect, test } from './fixtures.ts';

test('text becomes no markup and no foreign script', { tag: '@firefox' }, async ({
  browserContext,
  relayUrl,
}) => {
  // Not by openPage: each refusal is an error on the console.
  const page = await browserContext.newPage();
  await page.goto(relayUrl);
  const refusals = await page.evaluate(() => {
    const attempts: Record<string, () => unknown> = {
      markup: () => {
        document.body.innerHTML = '<b>text</b>';
      },
      'a foreign worker': () => new Worker('https://evil.example/x.js'),
      'a policy of another name': () =>
        (
          window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }
        ).trustedTypes.createPolicy('evil', {}),
    };
    return Object.entries(attempts).map(([name, attempt]) => {
      try {
        attempt();
        return `${name}: allowed`;
      } catch (error) {
        return `${name}: ${(error as Error).name}`;
      }
    });
  });
  expect(refusals).toEqual([
    'markup: TypeError',
    'a foreign worker: TypeError',
    'a policy of another name: TypeError',
  ]);
  await page.close();
});
