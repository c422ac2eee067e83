// Offers that try to write where they should not. One table for every sink: what is refused everywhere, what only a disk
// with Windows' rules refuses, and what looks dangerous and is an ordinary name.

export interface HostileOffer {
  what: string;
  /** Offered together. One that ends with `/` is a folder. `@` stands for a folder beside the receiving one. */
  paths: string[];
}

const single = (what: string, ...paths: string[]): HostileOffer[] =>
  paths.map((path) => ({ what, paths: [path] }));

/** No end may take these. */
export const REFUSED: HostileOffer[] = [
  ...single('nothing', '', '/', '//', '///'),
  ...single('up', '..', '../x', '../../x', 'a/..', 'a/../x', 'a/../../x', 'a/b/../../../x', './../x', '../'),
  ...single('up, into the neighbour', '../outside/x', 'a/../../outside/precious', '../target-evil/x'),
  ...single('here', '.', './x', 'a/./x', 'a/.', './'),
  ...single('absolute', '/x', '//x', '/etc/cron.d/x', '@/x', '@/precious', '/../x', '//server/share/x'),
  ...single('empty parts', 'a//x', 'a//', 'a/b//c'),
  ...single('NUL', 'a\0', '\0', 'a\0.txt', '../x\0.txt', 'a/\0/b'),
  ...single(
    'controls',
    'a\nb',
    'a\rb',
    'a\tb',
    '\u0007',
    '\u0008x',
    '\u001b[2J',
    'a\u007f',
    '\u0085',
    '\u009b31m',
  ),
  ...single('line separators', 'a\u2028b', 'a\u2029b'),
  ...single(
    'bidirectional',
    '\u202egnp.exe',
    'a\u202d',
    '\u202a',
    '\u202b',
    '\u202c',
    '\u2066a',
    '\u2067',
    '\u2068',
    '\u2069',
  ),
  ...single('invisible marks', 'a\u200e', 'a\u200f', '\u061c', '\ufeffa', 'a\ufeff'),
  ...single('not in NFC', 'cafe\u0301', 'a/e\u0301/x', '\u212b', '\u212a', '\u1100\u1161', 'x\u0344'),
  ...single('lone surrogates', 'a\ud800', '\udc00a', 'a/\udfff/x'),
  ...single(
    'long segments',
    'x'.repeat(256),
    `a/${'x'.repeat(256)}/b`,
    'é'.repeat(128),
    '日'.repeat(86),
    '👩'.repeat(64),
  ),
  ...single(
    'long paths',
    `${'long/'.repeat(900)}x`,
    'x/'.repeat(2100).concat('x'),
    `${'x'.repeat(250)}/`.repeat(17).concat('x'),
  ),
  ...single('deep paths', `${'d/'.repeat(128)}f`, `${'../'.repeat(200)}x`),
  ...single(
    'parts',
    'a.p2p.part',
    '.p2p.part',
    'A.P2P.PART',
    'd.p2p.part/x',
    'a/b.p2p.Part',
    'a.p2p.part.p2p.part',
  ),
  { what: 'twice the same', paths: ['a', 'a'] },
  { what: 'twice the same folder', paths: ['d/', 'd/'] },
  { what: 'file and folder', paths: ['a', 'a/'] },
  { what: 'folder and file', paths: ['a/', 'a'] },
  { what: 'below a file', paths: ['a', 'a/b'] },
  { what: 'above a file', paths: ['a/b', 'a'] },
  { what: 'deep below a file', paths: ['a/b', 'a/b/c/d'] },
  { what: 'twins in other normal forms', paths: ['caf\u00e9', 'cafe\u0301'] },
  { what: 'a good one and a bad one', paths: ['good', '../bad'] },
  { what: 'a bad one and a good one', paths: ['../bad', 'good'] },
  { what: 'a bad folder', paths: ['good', '../bad/'] },
];

/** Ordinary on most disks, impossible under Windows' rules. */
export const REFUSED_ON_WINDOWS: HostileOffer[] = [
  ...single(
    'backslashes',
    '..\\x',
    'a\\..\\..\\x',
    '\\x',
    '\\\\server\\share\\x',
    'a\\b',
    '..\\..\\outside\\x',
  ),
  ...single('drive letters', 'C:', 'C:x', 'C:\\x', 'c:/x', 'Z:/outside/x'),
  ...single('streams', 'a:stream', 'a::$DATA', 'a.txt:$I30:$INDEX_ALLOCATION'),
  ...single(
    'devices',
    'con',
    'CON',
    'prn',
    'aux.c',
    'nul',
    'NUL.tar.gz',
    'com1',
    'LPT9.txt',
    'com¹',
    'conin$',
    'CONOUT$',
    'd/aux/x',
    'nul ',
  ),
  ...single(
    'trailing dots and spaces',
    'a.',
    'a..',
    'a ',
    'a. ',
    'd./x',
    'd /x',
    '. .',
    '.. ',
    '..."',
    '... ',
  ),
  ...single('wildcards and pipes', 'a*', 'a?', '<a', 'a>', 'a|b', '"a"'),
  { what: 'twins in other cases', paths: ['a', 'A'] },
  { what: 'folders in other cases', paths: ['d/x', 'D/y'] },
  { what: 'file and folder in other cases', paths: ['a', 'A/b'] },
  { what: 'twins by a sharp s', paths: ['stra\u00dfe', 'STRASSE'] },
  { what: 'twins by a long s', paths: ['s', '\u017f'] },
];

/** Taken everywhere, and land below the receiving folder under exactly that name. */
export const HARMLESS: HostileOffer[] = [
  ...single('escapes of escapes', '%2e%2e', '%2e%2e%2fx', '%00', '..%2f', '&#46;&#46;'),
  ...single('looks like up', '...', '..a', 'a..b', '．．', '‥', '․․'),
  ...single(
    'for a shell',
    '-rf',
    '--',
    '$(touch pwned)',
    '`id`',
    ';x',
    '~',
    '~root',
    '$HOME',
    '{a,b}',
    '#',
    '!x',
  ),
  ...single('for a script', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__/x'),
  ...single('hidden', '.hidden', '.bashrc', '.ssh/authorized_keys', '.git/config'),
  ...single('lookalikes', 'a\u2215b', 'a\u2044b', 'a\uff0fb', 'а', 'a\u200bb', '\u00a0', 'a\u00adb'),
  ...single('as long as allowed', 'x'.repeat(255), 'é'.repeat(127), '日'.repeat(85), `${'d/'.repeat(127)}f`),
  ...single('almost parts', 'a.part', 'p2p.part', 'a.p2p.part~', 'a.p2p.part1'),
  { what: 'both with a part’s name beside it', paths: ['a', 'a.part', 'a.p2p'] },
  { what: 'the longest two that differ at the end', paths: [`${'a'.repeat(254)}b`, `${'a'.repeat(254)}c`] },
];
