import { describe, expect, it } from 'vitest';
import { type Fault, START, stepScript } from './fault-script.ts';
import { randomCase } from './random-schedule.ts';
import { seededRandom } from './seeded-random.ts';
import { encodeFrame, type Frame, FrameReader, OPCODE } from './websocket-frames.ts';

const HEAD = Buffer.from('GET /ws HTTP/1.1\r\nHost: x\r\n\r\n');

function framesOf(bytes: Uint8Array): Frame[] {
  const reader = new FrameReader();
  reader.push(HEAD);
  return reader.push(bytes) as Frame[];
}

/** A sealed message of that fill, as an end sends it. */
function sealed(fill: number, length = 40): Frame {
  return framesOf(encodeFrame(OPCODE.binary, new Uint8Array(length).fill(fill), true))[0]!;
}

describe('frames', () => {
  it.each([0, 1, 125, 126, 65_535, 65_536, 300_000])('of %i bytes are read from any pieces', (length) => {
    const payload = seededRandom(length).bytes(length);
    for (const isMasked of [true, false]) {
      const bytes = Buffer.concat([
        HEAD,
        encodeFrame(OPCODE.binary, payload, isMasked),
        encodeFrame(9, payload.subarray(0, 3), isMasked),
      ]);
      for (const pieceBytes of [1, 7, 4096, bytes.length]) {
        if (bytes.length / pieceBytes > 1000) continue;
        const reader = new FrameReader();
        const found: (Uint8Array | Frame)[] = [];
        for (let at = 0; at < bytes.length; at += pieceBytes)
          found.push(...reader.push(bytes.subarray(at, at + pieceBytes)));
        expect(found[0]).toEqual(HEAD);
        expect(found.slice(1)).toMatchObject([{ opcode: 2, isMasked }, { opcode: 9 }]);
        expect(Buffer.compare((found[1] as Frame).payload, payload)).toBe(0);
      }
    }
  });

  it('are unmasked', () => {
    const masked = Uint8Array.of(0x82, 0x83, 1, 2, 3, 4, 0x60, 0x60, 0x60);
    expect([...framesOf(masked)[0]!.payload]).toEqual([0x61, 0x62, 0x63]);
  });
});

describe('a script', () => {
  /** What comes out when one of three messages meets a fault. */
  function outcome(fault: Fault, at = 1) {
    let state = START;
    const actions: unknown[] = [];
    for (const fill of [1, 2, 3]) {
      const step = stepScript(state, sealed(fill), {
        faults: new Map([[at, fault]]),
        recorded: [Uint8Array.of(9, 9)],
      });
      state = step.state;
      for (const action of step.actions) {
        if (action.do !== 'send') actions.push(action);
        else {
          const [frame] = framesOf(action.bytes);
          actions.push(frame === undefined ? action.bytes.length : frame.payload);
        }
      }
    }
    return actions;
  }
  const [one, two, three] = [1, 2, 3].map((fill) => new Uint8Array(40).fill(fill)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const flipped = (at: number) => two.map((byte, i) => (i === at ? byte ^ 8 : byte));

  it.each<[string, Fault, unknown[]]>([
    ['delay', { kind: 'delay', ms: 5 }, [one, { do: 'wait', ms: 5 }, two, three]],
    [
      'throttle',
      { kind: 'throttle', bytesPerSecond: 7 },
      [one, { do: 'throttle', bytesPerSecond: 7 }, two, three],
    ],
    ['cut before', { kind: 'cut', where: 'before' }, [one, { do: 'end', how: 'cut' }, three]],
    ['cut after', { kind: 'cut', where: 'after' }, [one, two, { do: 'end', how: 'cut' }, three]],
    ['cut inside', { kind: 'cut', where: 5 }, [one, 5, { do: 'end', how: 'cut' }, three]],
    [
      'close inside, at most all but a byte',
      { kind: 'close', where: 999 },
      [one, 45, { do: 'end', how: 'close' }, three],
    ],
    ['half-open', { kind: 'half-open', thenReset: true }, [one, { do: 'freeze', thenReset: true }, three]],
    ['repeat', { kind: 'repeat' }, [one, two, two, three]],
    ['drop', { kind: 'drop' }, [one, three]],
    ['truncate', { kind: 'truncate', bytes: 3 }, [one, two.subarray(3), three]],
    ['swap', { kind: 'swap' }, [one, three, two]],
    ['flip ciphertext', { kind: 'flip', part: 'ciphertext', at: 25, bit: 3 }, [one, flipped(1), three]],
    ['flip tag', { kind: 'flip', part: 'tag', at: 17, bit: 3 }, [one, flipped(25), three]],
    ['splice', { kind: 'splice', recorded: 4 }, [one, Uint8Array.of(9, 9), three]],
  ])('can %s', (_name, fault, expected) => {
    expect(outcome(fault)).toEqual(expected);
  });

  it('flips a bit of the WebSocket header', () => {
    const { actions } = stepScript(START, sealed(1), {
      faults: new Map([[0, { kind: 'flip', part: 'header', at: 0, bit: 0 } satisfies Fault]]),
      recorded: [],
    });
    const [action] = actions;
    expect(action?.do === 'send' && [...action.bytes.subarray(0, 2)]).toEqual([0x83, 0x80 | 40]);
  });

  it('counts and changes only binary messages', () => {
    const text = framesOf(encodeFrame(OPCODE.text, Buffer.from('{}'), true))[0]!;
    const step = stepScript(START, text, {
      faults: new Map([[0, { kind: 'drop' } satisfies Fault]]),
      recorded: [],
    });
    expect(step).toEqual({ state: START, actions: [{ do: 'send', bytes: text.raw }], fired: null });
  });
});

describe('a seed', () => {
  it('stands for one case, and others for others', () => {
    const cases = Array.from({ length: 200 }, (_, seed) => randomCase(seed, { sender: 20, receiver: 9 }));
    expect(cases).toEqual(cases.map(({ seed }) => randomCase(seed, { sender: 20, receiver: 9 })));
    expect(new Set(cases.map((found) => JSON.stringify({ ...found, seed: 0 }))).size).toBeGreaterThan(190);
    const kinds = new Set(cases.flatMap(({ schedule }) => schedule.map(({ fault }) => fault.kind)));
    expect(kinds.size).toBe(11);
    for (const { proxied, schedule } of cases) {
      for (const { direction, at } of schedule) {
        expect(at).toBeLessThan((proxied === 'sender') === (direction === 'up') ? 20 : 9);
      }
    }
  });
});
