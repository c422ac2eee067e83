// What a sender says of its relay when the relay itself tells nothing.
import { expect, it } from 'vitest';
import { passedOnRelay } from '../../src/site/passed-on-relay.ts';

const NOWHERE = 'https://127.0.0.1:1';

it('a relay that can’t be asked is passed on with the fingerprint by which this end trusts it', async () => {
  const { signal } = new AbortController();
  const pinned = 'AB'.repeat(32);
  const passedOn = { address: NOWHERE, command: null };
  expect(await passedOnRelay(NOWHERE, undefined, signal, pinned)).toEqual({
    ...passedOn,
    fingerprint: pinned,
  });
  expect(await passedOnRelay(NOWHERE, undefined, signal)).toEqual({ ...passedOn, fingerprint: null });
});
