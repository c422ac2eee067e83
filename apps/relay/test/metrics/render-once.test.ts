// The text that many ask for is made once.
import { expect, it } from 'vitest';
import { renderOnce } from '../../src/metrics/render-once.ts';
import { FakeClock } from '../fake-clock.ts';

it('makes one text for all who ask within its age, however long it takes', async () => {
  const clock = new FakeClock();
  const answers: ((text: string) => void)[] = [];
  const text = renderOnce(() => new Promise((resolve) => answers.push(resolve)), 1_000, clock);
  const first = [text(), text()];
  clock.advance(60_000);
  first.push(text());
  expect(answers).toHaveLength(1);
  answers[0]!('a');
  expect(await Promise.all(first)).toEqual(['a', 'a', 'a']);
  clock.advance(999);
  expect(await text()).toBe('a');
  clock.advance(1);
  const second = text();
  expect(answers).toHaveLength(2);
  answers[1]!('b');
  expect(await second).toBe('b');
});

it('tries again after a failure', async () => {
  const results = [Promise.reject(new Error('none left')), Promise.resolve('a')];
  const text = renderOnce(() => results.shift()!, 1_000, new FakeClock());
  await expect(text()).rejects.toThrow('none left');
  expect(await text()).toBe('a');
});
