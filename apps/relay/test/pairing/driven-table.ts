// A pairing table that a test drives by short calls, with its own time and foreseeable randomness.
import { CODES } from '../../src/classic/dialect.ts';
import { type Departure, type PairingEffect, PairingTable } from '../../src/pairing/pairing-table.ts';

const CAPS = { maxWaiting: 1_000, maxWaitingPerAddress: 1_000, maxWaitingPerSite: 1_000 };

/** Foreseeable: counts up, so that each draw is another number. */
function countingRandomness() {
  let [numbers, tokens] = [0, 0];
  return {
    randomBelow: (limit: number) => numbers++ % limit,
    randomToken: () => String(tokens++).padStart(22, 'T'),
  };
}

export function tableWith(caps: Partial<typeof CAPS> = {}) {
  const table = new PairingTable({ ...CAPS, ...caps }, countingRandomness());
  let nextId = 1;
  let nowMs = 0;
  return {
    table,
    get nowMs() {
      return nowMs;
    },
    allocate(nameplate: string | null = null, address = 'a', isDrawn = false, token: string | null = null) {
      const connection = nextId++;
      const event = { name: 'allocate', connection, address, nameplate, isDrawn, token } as const;
      return { connection, effects: table.step(event, nowMs) };
    },
    hello(role: 'sender' | 'receiver', key: string, token: string | null = null, address = 'a') {
      const connection = nextId++;
      const event = { name: 'hello', connection, address, role, key, token } as const;
      return { connection, effects: table.step(event, nowMs) };
    },
    classicHello(role: 'sender' | 'receiver', codeHash: string, address = 'a') {
      const connection = nextId++;
      const event = { name: 'dialect hello', connection, address, role, key: codeHash, keys: CODES } as const;
      return { connection, effects: table.step(event, nowMs) };
    },
    gone: (connection: number, how: Departure = 'lost') =>
      table.step({ name: 'gone', connection, how }, nowMs),
    release: (connection: number) => table.step({ name: 'release', connection }, nowMs),
    wait(ms: number) {
      nowMs += ms;
      return table.step({ name: 'tick' }, nowMs);
    },
  };
}

export function allocatedIn(effects: PairingEffect[]): { nameplate: string; token: string } {
  const effect = effects.find((each) => each.name === 'allocated');
  if (effect?.name !== 'allocated') throw new Error(`not allocated: ${JSON.stringify(effects)}`);
  return effect;
}
