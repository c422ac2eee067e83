// What the names of a whole offer tell: counts, indices, turns of the event loop, and that no path costs more than its length.
import { expect, it } from 'vitest';
import { foldPath } from '../../src/names/fold-path.ts';
import { SURVEY_STRETCH, surveyNames } from '../../src/names/survey-names.ts';

const file = (path: string, executable = false) => ({ kind: 'file' as const, path, executable });
const soon = async () => {};

it('counts hidden files and programs beside the risky ones, each file once', async () => {
  const entries = [
    { kind: 'folder' as const, path: '.ssh', executable: false },
    file('.ssh/authorized_keys'),
    file('photo.jpg'),
    file('.gitignore'),
    file('x/.hidden/tool', true),
    file('setup.exe'),
    file('run', true),
    { kind: 'text' as const, path: '.bashrc', executable: false },
    file('.bashrc', true),
  ];
  expect(await surveyNames(entries, null, soon)).toEqual({
    risky: [1, 8],
    riskyFolders: [0],
    hidden: 2,
    programs: 2,
  });
});

it('finds a repository that has no .git folder by its HEAD', async () => {
  const bare = ['x/config', 'x/hooks/post-update', 'x/hooks/post-update.sample', 'x/objects/ab', 'x/HEAD'];
  const others = ['y/config', 'y/hooks/x'];
  expect(
    (
      await surveyNames(
        [...bare, ...others].map((path) => file(path)),
        null,
        soon,
      )
    ).risky,
  ).toEqual([0, 1]);
});

it.each([
  [
    'in other case, with what HFS+ ignores',
    ['x/HE\u200cAD', 'x/con\u206afig', 'x/hoo\u200dks/post-checkout'],
  ],
  ['with dots, blanks and streams of Windows', ['x/head.', 'x/config::$DATA', 'x/hooks /post-checkout']],
  ['that keeps its settings elsewhere', ['x/HEAD', 'x/commondir', 'x/config.worktree']],
])('finds such a repository %s', async (_how, paths) => {
  const entries = paths.map((path) => file(path));
  expect((await surveyNames(entries, null, soon)).risky).toEqual([1, 2]);
});

it('lets the event loop turn every 5,000 entries', async () => {
  let turns = 0;
  const turn = async () => {
    turns += 1;
  };
  for (const [count, expected] of [
    [SURVEY_STRETCH, 0],
    [SURVEY_STRETCH + 1, 1],
    [10 * SURVEY_STRETCH, 9],
  ] as const) {
    turns = 0;
    await surveyNames(
      Array.from({ length: count }, (_, i) => file(`f${i}`)),
      null,
      turn,
    );
    expect(turns).toBe(expected);
  }
});

it('folds the longest segments and the deepest paths without repeating itself', () => {
  const nasty = [
    `${'. '.repeat(120)}x`,
    `${'~1'.repeat(120)}x`,
    `a${':'.repeat(250)}`,
    `${'.'.repeat(254)}x`,
  ];
  for (const segment of nasty) {
    const path = Array(16).fill(segment).join('/').slice(0, 4096);
    for (const folded of foldPath(path)) expect(folded.length).toBeLessThanOrEqual(path.length * 2);
  }
});
