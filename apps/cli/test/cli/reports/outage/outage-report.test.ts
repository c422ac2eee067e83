// What a person reads while a connection is missing, on a clock that the test moves.
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../../relay/test/fake-clock.ts';
import { OutageReport, type OutageReportOptions } from '../../../../src/cli/reports/outage/outage-report.ts';
import type { TransferEvent } from '../../../../src/library/public-types.ts';

/** Noon of some day, on this device. */
const NOON_MS = new Date(2026, 10, 27, 12, 0, 0).getTime();
const HALF_AN_HOUR_MS = 30 * 60_000;
const SIZES = { files: 1, bytes: 1, unsized: false };

const STEPS = {
  code: { type: 'code', code: '7-a-b', url: 'x', validMs: 1 } as unknown as TransferEvent,
  review: { type: 'verifier', words: [] } as TransferEvent,
  running: { type: 'accepted', ...SIZES } as TransferEvent,
  streaming: { type: 'accepted', ...SIZES, unsized: true } as TransferEvent,
};

function report(options: Partial<OutageReportOptions> = {}, ...steps: (keyof typeof STEPS)[]) {
  const clock = new FakeClock();
  const said: string[] = [];
  const outages = new OutageReport({
    side: 'send',
    say: (sentence) => said.push(sentence),
    clock: {
      nowMs: () => clock.nowMs(),
      wallMs: () => NOON_MS + clock.nowMs(),
      after: (delayMs, callback) => clock.after(delayMs, callback),
    },
    ...options,
  });
  for (const step of steps) outages.event(STEPS[step]);
  const missing = (what: 'relay' | 'peer', leftMs = HALF_AN_HOUR_MS) =>
    outages.event({ type: 'reconnecting', missing: what, leftMs });
  const found = (restarted = false) => outages.event({ type: 'reconnected', restarted });
  return { outages, clock, said, missing, found };
}

describe('an outage', () => {
  it('says nothing is lost only where something was begun, and until when it is sought', () => {
    const sentences = (['code', 'review', 'running', 'streaming'] as const).map((step) => {
      const { said, missing } = report({}, step);
      missing('relay');
      return said;
    });
    expect(sentences).toEqual([
      [
        'The connection to the relay is lost. Reconnecting until 12:30; the code stays the same unless a new one is shown.',
      ],
      [
        'The connection to the relay is lost. Reconnecting until 12:30; nothing is accepted yet, and Ctrl-C stops.',
      ],
      ['The connection to the relay is lost. Reconnecting until 12:30; nothing is lost, and Ctrl-C stops.'],
      [
        'The connection to the relay is lost. Reconnecting until 12:30; it goes on from there if they still run, and Ctrl-C stops.',
      ],
    ]);
  });

  it('has one line however often attempts fail now here, now there', () => {
    const { clock, said, missing } = report({}, 'running');
    for (let i = 0; i < 50; i += 1) {
      missing(i % 2 === 0 ? 'relay' : 'peer', HALF_AN_HOUR_MS - i * 2_000);
      clock.advance(2_000);
    }
    expect(said).toHaveLength(1);
  });

  it('tells once that something else is missing for some time, and the same end as before', () => {
    const { clock, said, missing } = report({}, 'running');
    missing('relay');
    clock.advance(60_000);
    missing('peer', HALF_AN_HOUR_MS - 60_000);
    clock.advance(5_000);
    expect(said.slice(1)).toEqual([
      'The relay can be reached again; the other side is not there yet. Waiting until 12:30; Ctrl-C stops.',
    ]);
  });

  it('offers a sender a new code after ten seconds without the other side, not before, and once', () => {
    let offered = 0;
    const offerNewCode = () => {
      offered += 1;
      return 'A new code: so.';
    };
    const { clock, said, missing } = report({ offerNewCode }, 'review');
    missing('peer');
    clock.advance(9_999);
    expect([offered, said.length]).toEqual([0, 1]);
    clock.advance(1);
    clock.advance(HALF_AN_HOUR_MS);
    expect(offered).toBe(1);
    expect(said.slice(1)).toEqual([
      'The other side has been away since 12:00:01. If it was stopped there, it can be resumed there: by p2p-copy resume, or by opening the page again.\nWaiting until 12:30; Ctrl-C stops. A new code: so.',
    ]);
  });

  it('offers nothing when the other side is back before, and ends the question when it comes later', () => {
    let isOver: AbortSignal | null = null;
    const offerNewCode = (signal: AbortSignal) => {
      isOver = signal;
      return '';
    };
    const { clock, said, missing, found } = report({ offerNewCode }, 'running');
    missing('peer');
    clock.advance(5_000);
    found();
    clock.advance(60_000);
    expect([isOver, said.length, said[1]]).toEqual([null, 2, 'Connected again.']);
    missing('peer');
    clock.advance(10_000);
    expect(isOver).toMatchObject({ aborted: false });
    found(true);
    expect(isOver).toMatchObject({ aborted: true });
    expect(said.at(-1)).toBe(
      'Connected again with the other side, which was restarted. Comparing what it has.',
    );
  });

  it('says of a pipe that it can’t go on once the other side was stopped', () => {
    const { clock, said, missing } = report({ side: 'receive', isOnce: true }, 'running');
    missing('peer');
    clock.advance(10_000);
    expect(said[1]).toMatch(
      /^The sender is not there at the moment, since 12:00:01\. It goes on only if p2p-copy still runs there/,
    );
  });

  it('ends with who was gone, and only where it was the other side', () => {
    const { outages, missing } = report({}, 'running');
    expect(outages.ending('peer-gone')).toBeNull();
    missing('peer');
    expect(outages.ending('peer-gone')).toMatch(
      /^The other side did not come back; the connection was lost at 12:00/,
    );
    expect(outages.ending('relay-unreachable')).toBeNull();
  });

  it('tells who accepts meanwhile that it begins later', () => {
    const { outages, said, missing } = report({ side: 'receive' }, 'review');
    missing('peer');
    outages.event(STEPS.running);
    expect(said.at(-1)).toBe('Accepted. It begins when the connection is back.');
  });
});
