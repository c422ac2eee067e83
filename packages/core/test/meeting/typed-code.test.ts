// What people type and paste for a code, kind by kind. Nothing that needs a question may come out as a code.
import { describe, expect, it } from 'vitest';
import { codeUnasked, slipSentence } from '../../src/meeting/code-unasked.ts';
import { type CodeSlip, isReadAsChosen, readTypedCode } from '../../src/meeting/typed-code.ts';
import { codeLink, formatCode } from '../../src/wire/code.ts';
import { MAX_TYPED_CODE_LENGTH } from '../../src/wire/limits.ts';

const LINK = 'https://relay.example/#7-guitar-ocean';

describe('a slip that leaves one code is mended', () => {
  it.each([
    // As it is.
    '7-guitar-ocean',
    // Case, spaces, dashes and digits of others.
    ' 7 Guitar  OCEAN ',
    '7–guitar—ocean',
    '7−guitar−ocean',
    '7‐guitar‑ocean',
    '7ーguitarーocean',
    '7־guitar־ocean',
    '7\u00a0guitar\u3000ocean',
    '７－ｇｕｉｔａｒ－ｏｃｅａｎ',
    '٧-guitar-ocean',
    '७-guitar-ocean',
    '07-guitar-ocean',
    '7-gui\u00adtar-oc\u200bean',
    '\ufeff7-guitar-ocean\u200e',
    // Other separators, or none after the number.
    '7, guitar, ocean',
    '7.guitar.ocean',
    '7/guitar/ocean',
    '7: guitar ocean',
    '7 + guitar + ocean',
    '7_guitar_ocean',
    '7--guitar--ocean-',
    '7guitar-ocean',
    // What stands around it.
    '7-guitar-ocean.',
    '7-guitar-ocean!',
    '7-guitar-ocean, ',
    '"7-guitar-ocean"',
    '“7-guitar-ocean”',
    '„7-guitar-ocean“',
    '«7-guitar-ocean»',
    '「7-guitar-ocean」',
    '(7-guitar-ocean)',
    '<7-guitar-ocean>',
    '`7-guitar-ocean`',
    '**7-guitar-ocean**',
    '> 7-guitar-ocean',
    '#7-guitar-ocean',
    'No. 7 guitar ocean',
    // With its label.
    'Code: 7-guitar-ocean',
    'Code：7-guitar-ocean。',
    'Your code is 7-guitar-ocean.',
    'The code is "7-guitar-ocean".',
    'Der Code lautet: 7-guitar-ocean',
    '代码：7-guitar-ocean',
    'p2p-copy receive 7-guitar-ocean',
    '$ npx p2p-copy receive 7-guitar-ocean',
    'Version 3, code 7-guitar-ocean',
    // On a line of its own.
    'Hi!\nCode: 7-guitar-ocean\nSee you tomorrow at 5',
    // Twice.
    '7-guitar-ocean7-guitar-ocean',
    '7-guitar-ocean 7-guitar-ocean',
    '7-guitar-ocean\n7-guitar-ocean\n',
    // Unique beginnings.
    '7-guit-ocea',
    '7-GUIT-oce',
    `${'('.repeat(2000)}7-guitar-ocean${')'.repeat(2000)}`,
  ])('%j', (typed) => {
    expect(readTypedCode(typed)).toEqual({
      kind: 'code',
      code: { nameplate: '7', secret: 'guitar-ocean' },
      site: null,
      fingerprint: null,
    });
  });

  it.each([
    LINK,
    ` ${LINK} `,
    `<${LINK}>`,
    `(${LINK})`,
    `(${LINK}).`,
    `"${LINK}"`,
    `„${LINK}“`,
    `${LINK}.`,
    `Open ${LINK}, please`,
    `[the file](${LINK})`,
    `**${LINK}**`,
    `URL:${LINK}`,
    'HTTPS://RELAY.EXAMPLE/#7-GUITAR-OCEAN',
    'wss://relay.example/#7-guitar-ocean',
    'https://relay.example/?shared=1#7-guitar-ocean',
    'https://relay.example/#7-guitar%2Docean',
    'https://relay.example/#7%20guitar%20ocean',
    'https://relay.example/%237-guitar-ocean',
    'https://out.example/l?u=https%3A%2F%2Frelay.example%2F%237-guitar-ocean',
    'https://user:word@relay.example/#7-guitar-ocean',
    'relay.example/#7-guitar-ocean',
    'https://relay.example/#7-guitar-\nocean',
    'https://relay.example/#7-guitar\n-ocean',
    `${LINK}\n${LINK}`,
    `7-guitar-ocean\n${LINK}`,
    'Go to https://relay.example/ and enter 7-guitar-ocean',
    'https://relay.example/ 7-guitar-ocean',
  ])('the link %j, with the relay that it names', (typed) => {
    expect(readTypedCode(typed)).toEqual({
      kind: 'code',
      code: { nameplate: '7', secret: 'guitar-ocean' },
      site: 'https://relay.example/',
      fingerprint: null,
    });
  });

  it.each([
    ['https://[fd00::1]:8765/#7-guitar-ocean', 'https://[fd00::1]:8765/'],
    ['[fd00::1]:8765/#7-guitar-ocean', 'https://[fd00::1]:8765/'],
    ['https://192.168.1.5:9999/copy/#7-guitar-ocean', 'https://192.168.1.5:9999/copy/'],
    ['https://relay.example@other.example/#7-guitar-ocean', 'https://other.example/'],
    ['https://rеlay.example/#7-guitar-ocean', 'https://xn--rlay-v4d.example/'],
  ])('the link %j, with %s', (typed, site) => {
    expect(readTypedCode(typed)).toMatchObject({ kind: 'code', site });
  });

  it.each([
    ['\u202e7-guitar-ocean\u202c', '7-guitar-ocean'],
    ['7-gui\u202etar-oc\u200fean', '7-guitar-ocean'],
    ['\u20667\u061c-guitar-ocean\u2069', '7-guitar-ocean'],
    ['７－ｇｕｉｔａｒ－ｏｃｅａｎ', '7-guitar-ocean'],
    ['१२-guitar-ocean', '12-guitar-ocean'],
    ['𝟟-guitar-ocean', '7-guitar-ocean'],
  ])('signs of other directions and digits of other scripts in %j', (typed, code) => {
    const reading = readTypedCode(typed);
    expect(reading.kind === 'code' && formatCode(reading.code)).toBe(code);
  });

  const FINGERPRINT = 'A1'.repeat(32);
  const PINNED = codeLink('https://192.168.1.5:8765/copy', '7-guitar-ocean', FINGERPRINT);
  it.each([
    PINNED,
    `<${PINNED}>`,
    `Open ${PINNED}, please`,
    `[the file](${PINNED})`,
    `https://out.example/l?u=${encodeURIComponent(PINNED)}`,
    `${PINNED}\n${PINNED}`,
    `${PINNED.slice(0, PINNED.indexOf('#'))} 7-guitar-ocean`,
  ])('the link %j, with the fingerprint of its relay’s certificate', (typed) => {
    expect(readTypedCode(typed)).toEqual({
      kind: 'code',
      code: { nameplate: '7', secret: 'guitar-ocean' },
      site: 'https://192.168.1.5:8765/copy/',
      fingerprint: FINGERPRINT,
    });
  });

  it('a link that a mail program broke within the fingerprint says none that is whole', () => {
    for (let at = PINNED.indexOf('=') + 1; at < PINNED.indexOf('#'); at += 7) {
      const reading = readTypedCode(`${PINNED.slice(0, at)}\n${PINNED.slice(at)}`);
      const { fingerprint } = reading;
      expect(fingerprint === null || fingerprint.length < 64).toBe(true);
      if (reading.kind === 'code') expect(formatCode(reading.code)).toBe('7-guitar-ocean');
    }
  });

  it('links that differ in the fingerprint alone are asked about', () => {
    const other = codeLink('https://192.168.1.5:8765/copy', '7-guitar-ocean', 'B2'.repeat(32));
    expect(readTypedCode(`${PINNED}\n${other}`)).toMatchObject({
      kind: 'slip',
      slip: 'several',
      fingerprint: null,
    });
  });
});

describe('a slip that leaves a question is asked about, with the codes that may be meant', () => {
  it.each<[string, CodeSlip, string[]]>([
    ['', 'empty', []],
    [' … ', 'empty', []],
    ['nonsense', 'no-number', []],
    ['guitar-ocean', 'no-number', []],
    ['0-guitar-ocean', 'no-number', []],
    ['1234567890-guitar-ocean', 'no-number', []],
    ['guitar-ocean-7', 'no-words', ['7-guitar-ocean']],
    ['l2-guitar-ocean', 'no-number', ['12-guitar-ocean']],
    ['7', 'no-words', []],
    ['7-', 'no-words', []],
    ['7-guitar', 'missing-word', []],
    ['7-guitar-', 'missing-word', []],
    ['Code: 7 guitar.', 'missing-word', []],
    ['https://relay.example/#7-guitar', 'missing-word', []],
    ['7-guitar-oc', 'unfinished-word', ['7-guitar-occur', '7-guitar-ocean', '7-guitar-october']],
    ['7-guitar-o', 'unfinished-word', []],
    ['7-guitar-ocaen', 'unknown-word', ['7-guitar-ocean']],
    ['7-gutiar-ocean', 'unknown-word', ['7-guitar-ocean']],
    ['7-gitarr-oceon', 'unknown-word', ['7-guitar-ocean']],
    ['7-guitar-océan', 'unknown-word', ['7-guitar-ocean']],
    ['7-guitar-оcean', 'unknown-word', ['7-guitar-ocean']],
    ['7-GUİTAR-OCEAN', 'unknown-word', ['7-guitar-ocean']],
    ['7-guıtar-ocean', 'unknown-word', ['7-guitar-ocean']],
    ['7-guitarocean', 'unknown-word', ['7-guitar-ocean']],
    ['7guitarocean', 'unknown-word', ['7-guitar-ocean']],
    ['7-gui-tar-ocean', 'unknown-word', ['7-guitar-ocean']],
    ['7O-guitar-ocean', 'unknown-word', ['70-guitar-ocean']],
    ['7-guitar-ocean thanks', 'unknown-word', ['7-guitar-ocean']],
    ['Code: 7-guitar-ocean thanks', 'unknown-word', ['7-guitar-ocean']],
    ['7-guitar-ocean now', 'several', ['7-guitar-ocean', '7-guitar-ocean-now']],
    ['3 7-guitar-ocean', 'several', ['7-guitar-ocean']],
    ['7-guitar-ocean or 8-zoo-zone', 'several', ['7-guitar-ocean', '8-zoo-zone']],
    ['7-my own secret', 'unknown-word', []],
    ['7-xyzzyx', 'unknown-word', []],
    ['https://relay.example/', 'link-without-code', []],
    ['https://relay.example/#', 'link-without-code', []],
    ['https://192.168.1.5:8765/', 'link-without-code', []],
    ['https://relay.example/#nonsense', 'no-number', []],
    [`${LINK} https://other.example/#8-zoo-zone`, 'several', []],
    ['x'.repeat(MAX_TYPED_CODE_LENGTH + 1), 'too-long', []],
    [`7-${'x'.repeat(MAX_TYPED_CODE_LENGTH)}`, 'too-long', []],
    ['7'.repeat(MAX_TYPED_CODE_LENGTH), 'no-number', []],
    // Half a host's name behind a line break is another host.
    ['https://rel\nay.example/#7-guitar-ocean', 'several', ['7-guitar-ocean']],
    ['https://[fe80::1%25eth0]:8765/#7-guitar-ocean', 'several', ['7-guitar-ocean']],
  ])('%j is %s', (typed, slip, suggestions) => {
    const reading = readTypedCode(typed);
    expect(reading).toMatchObject({ kind: 'slip', slip });
    const offered = reading.kind === 'slip' ? reading.suggestions.map(formatCode) : [];
    expect(offered.slice(0, suggestions.length)).toEqual(suggestions);
    if (suggestions.length === 0) expect(offered).toEqual([]);
  });
});

describe('a secret that a person chose', () => {
  it.each([
    ['7-my own secret', '7-my-own-secret'],
    ['7-My Own Secret!', '7-my-own-secret!'],
    ['7-gitar-ocaen', '7-gitar-ocaen'],
    ['7-100%#1', '7-100%#1'],
    ['Code: 7-my-own-secret.', '7-my-own-secret.'],
    ['Code: "7-my-own-secret"', '7-my-own-secret'],
    ['"7-my-own-secret"', '7-my-own-secret'],
    ['<https://relay.example/#7-my-own-secret>', '7-my-own-secret'],
    ['https://relay.example/#7-100%25%231', '7-100%#1'],
    ['7-👩‍🚀-guitar-ocean', '7-👩‍🚀-guitar-ocean'],
    ['7-海の音楽-ギター', '7-海の音楽-ギター'],
    ['7-guitar', '7-guitar'],
  ])('%j is offered as %j, to be confirmed, and is never mended', (typed, exact) => {
    const reading = readTypedCode(typed);
    expect(reading.kind === 'slip' && reading.asTyped && formatCode(reading.asTyped)).toBe(exact);
  });

  it.each(['7-abc', '7-gu', '7', 'guitar-ocean', ''])('is not offered for %j', (typed) => {
    expect(readTypedCode(typed)).toMatchObject({ kind: 'slip', asTyped: null });
  });

  it.each(['guit-ocean', 'guitar-ocean.', 'guitar.ocean', '"guitar"ocean'])(
    'can’t be %j, which is read as another one',
    (secret) => expect(isReadAsChosen({ nameplate: '7', secret })).toBe(false),
  );

  it.each(['guitar-ocean', 'my-own-secret', 'gitar-ocaen', 'guitar-ocean!xyz', '👩‍🚀-guitar-ocean'])(
    'can be %j',
    (secret) => expect(isReadAsChosen({ nameplate: '7', secret })).toBe(true),
  );
});

describe('where nobody can be asked', () => {
  it.each([
    ['Code: 7-guitar-ocean', '7-guitar-ocean'],
    ['7-GUIT-ocean.', '7-guitar-ocean'],
    ['7-gitar-ocaen', '7-gitar-ocaen'],
    ['7-my own secret', '7-my-own-secret'],
    ['Code: 7-my-own-secret', '7-my-own-secret'],
    ['7-guitar-ocean thanks', '7-guitar-ocean-thanks'],
  ])('%j is taken as %j', (typed, code) => {
    expect(formatCode(codeUnasked(typed).code)).toBe(code);
  });

  it.each([
    ['', 'That is not a p2p-copy code.'],
    ['7', 'That is not a p2p-copy code.'],
    ['guitar-ocean', 'That is not a p2p-copy code.'],
    ['guitar ocean 7', 'That is not a p2p-copy code. Did you mean 7-guitar-ocean?'],
    ['7-guitar', 'That code has one word only; a code has two or more.'],
    ['Code: 7-gitar-ocean', '“gitar” is not a word of drawn codes. Did you mean 7-guitar-ocean?'],
    ['https://relay.example/', 'That link holds no code.'],
    [`${LINK} https://other.example/#8-zoo-zone`, 'More than one code may be meant.'],
  ])('%j is refused: %s', (typed, message) => {
    expect(() => codeUnasked(typed)).toThrow(expect.objectContaining({ code: 'bad-code', message }));
  });

  it('each slip has a sentence', () => {
    expect(slipSentence({ slip: 'unfinished-word', word: 'oc' })).toBe(
      'Several words of codes begin with “oc”.',
    );
  });
});
