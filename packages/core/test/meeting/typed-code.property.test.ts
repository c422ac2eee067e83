// Random slips in random codes: none comes out as a code that its letters don't say.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EFFORT_TIMEOUT_MS, forEachSeed, repeatCommand } from '../../../../test/faults/effort.ts';
import { wholeWord } from '../../src/meeting/near-words.ts';
import { isReadAsChosen, readTypedCode } from '../../src/meeting/typed-code.ts';
import { formatCode, normalizeSecret, WORDS } from '../../src/wire/code.ts';

const RUNS_PER_SEED = 40;
const TEST_FILE = 'packages/core/test/meeting/typed-code.property.test.ts';
const word = fc.constantFrom(...WORDS);
const number = fc.integer({ min: 1, max: 999_999_999 }).map(String);
const secret = fc.array(word, { minLength: 2, maxLength: 12 });

/** Few cases here, and as many as one likes by `npm run soak`. */
async function holds<T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>): Promise<void> {
  await forEachSeed(async (seed) => {
    try {
      fc.assert(property, { seed, numRuns: RUNS_PER_SEED });
    } catch (error) {
      throw new Error(`${repeatCommand(seed)} ${TEST_FILE}`, { cause: error });
    }
  });
}

/** The code that is used without a question, or null. */
function usedUnasked(text: string): string | null {
  const reading = readTypedCode(text);
  return reading.kind === 'code' ? formatCode(reading.code) : null;
}

test('what surrounds a code, its case and its separators change nothing', {
  timeout: EFFORT_TIMEOUT_MS,
}, async () => {
  const separator = fc.constantFrom('-', '–', '—', '−', '‑', ' - ', ' ', '\u3000', '_', '.', ', ', 'ー', '/');
  const around = fc.constantFrom(
    ['', ''],
    ['Code: ', ''],
    ['"', '"'],
    ['„', '“'],
    ['<https://relay.example/#', '>'],
    ['(', ')'],
    ['', '.'],
    ['> Code ', '!'],
    ['p2p-copy receive ', '\n'],
  );
  const shapes = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.toUpperCase(),
    (text: string) => text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  );
  await holds(
    fc.property(
      number,
      secret,
      separator,
      around,
      shapes,
      (nameplate, words, joint, [before, after], shape) => {
        const isLink = before!.startsWith('<');
        const typed = [nameplate, ...words].join(isLink ? '-' : joint);
        expect(usedUnasked(`${before}${shape(typed)}${after}`)).toBe([nameplate, ...words].join('-'));
      },
    ),
  );
});

test('a slip in one word is never used as another word, but where it is one or its beginning', {
  timeout: EFFORT_TIMEOUT_MS,
}, async () => {
  const edit = fc.record({
    kind: fc.constantFrom('leave out', 'add', 'replace', 'exchange'),
    at: fc.nat(7),
    letter: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'),
  });
  await holds(
    fc.property(number, secret, fc.nat(11), edit, (nameplate, words, which, { kind, at, letter }) => {
      const index = which % words.length;
      const right = words[index]!;
      const place = at % right.length;
      const [head, tail] = [right.slice(0, place), right.slice(place)];
      const wrong = {
        'leave out': head + tail.slice(1),
        add: head + letter + tail,
        replace: head + letter + tail.slice(1),
        exchange: head + (tail[1] ?? '') + tail[0]! + tail.slice(2),
      }[kind]!;
      const used = usedUnasked([nameplate, ...words.with(index, wrong)].join('-'));
      const whole = wholeWord(wrong);
      const expected = whole === null ? null : [nameplate, ...words.with(index, whole)].join('-');
      expect(used).toBe(expected);
    }),
  );
});

test('a code that lacks its number, or all words but one, is never used', {
  timeout: EFFORT_TIMEOUT_MS,
}, async () => {
  await holds(
    fc.property(number, secret, (nameplate, words) => {
      expect(usedUnasked(words.join('-'))).toBeNull();
      expect(usedUnasked(`${nameplate}-`)).toBeNull();
      expect(usedUnasked(`${nameplate}-${words[0]}`)).toBeNull();
    }),
  );
});

test('whatever secret a sender may choose is read as itself, or asked about with itself', {
  timeout: EFFORT_TIMEOUT_MS,
}, async () => {
  const chosen = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 6, maxLength: 40 }),
    fc
      .array(fc.oneof(word, fc.string({ maxLength: 6 })), { minLength: 1, maxLength: 6 })
      .map((all) => all.join('-')),
  );
  await holds(
    fc.property(number, chosen, (nameplate, text) => {
      const code = { nameplate, secret: normalizeSecret(text) };
      fc.pre(code.secret.length >= 6 && isReadAsChosen(code));
      const reading = readTypedCode(formatCode(code));
      const exact = reading.kind === 'code' ? reading.code : reading.asTyped;
      expect(exact).toEqual(code);
    }),
  );
});

test('any text is read, and offers at most five codes', { timeout: EFFORT_TIMEOUT_MS }, async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5000 }),
    fc
      .array(
        fc.oneof(
          word,
          number,
          fc.constantFrom('#', '://', 'https://', '.', '-', ' ', '\n', '%23', '%', '<', ')'),
        ),
        {
          maxLength: 60,
        },
      )
      .map((pieces) => pieces.join('')),
  );
  await holds(
    fc.property(text, (typed) => {
      const reading = readTypedCode(typed);
      if (reading.kind === 'slip') expect(reading.suggestions.length).toBeLessThanOrEqual(5);
    }),
  );
});
