// The bound on remembered transfers.
import { expect, it } from 'vitest';
import { MAX_KEPT, TransferQuotas } from '../../src/rates/transfer-quotas.ts';
import { FakeClock } from '../fake-clock.ts';

const LIMIT = 100;

it(`remembers ${MAX_KEPT} keys without a pair, and forgets the one that ended first beyond them`, () => {
  const quotas = new TransferQuotas(new FakeClock());
  const spend = (key: string) => {
    quotas.enter(key, LIMIT).spend(LIMIT);
    quotas.leave(key);
  };
  for (let i = 0; i < MAX_KEPT; i += 1) spend(`key ${i}`);
  expect([quotas.kept, quotas.waitMs('key 0', LIMIT) === null]).toEqual([MAX_KEPT, false]);
  spend('another');
  expect([quotas.kept, quotas.waitMs('key 0', LIMIT) === null]).toEqual([MAX_KEPT, true]);
});
