// What an app hears of a connection that is missing, on a clock that a test turns.
import { expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import { OutageNews } from '../../src/link/outage.ts';
import type { Outage } from '../../src/ports/rendezvous.ts';

function startNews() {
  const clock = new FakeClock();
  const told: (Outage | null)[] = [];
  return { clock, told, news: new OutageNews(clock, 60_000, (outage) => told.push(outage)) };
}

const nobody = () => {};

it('an end that waits at the relay from the beginning says that the other one is missing', () => {
  const { clock, told, news } = startNews();
  news.reached(nobody);
  clock.advance(2_999);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual([{ missing: 'peer', leftMs: 57_000 }]);
  // Another attempt changes nothing.
  news.reached(nobody);
  clock.advance(20_000);
  expect(told).toHaveLength(1);
  news.end();
  expect(told.at(-1)).toBeNull();
});

it('one who comes at once was never said to be missing', () => {
  const { clock, told, news } = startNews();
  news.reached(nobody);
  clock.advance(2_000);
  news.end();
  clock.advance(60_000);
  expect(told).toEqual([]);
});

it('a relay that goes while the other end is awaited is told at once', () => {
  const { told, news } = startNews();
  news.begin(new TransferError('relay-unreachable'));
  news.reached(nobody);
  news.begin(new TransferError('relay-unreachable'));
  expect(told.map((outage) => outage?.missing)).toEqual(['relay', 'peer', 'relay']);
});
