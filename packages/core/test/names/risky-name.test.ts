// Which names are asked for apart, which are only counted, and that no spelling of a listed name escapes.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { riskyNames } from '../../src/names/risky-name.ts';

const DOWNLOADS = { folder: '/home/anna/Downloads/new', home: '/home/anna' };
const isRisky = riskyNames(null);
const isRiskyIn = (folder: string, path: string) => riskyNames({ folder, home: '/home/anna' })(path);

/** Obeyed at the top of the receiving folder, or in a hidden folder there. */
const AT_THE_TOP = [
  '.bashrc',
  '.bash_profile',
  '.bash_aliases',
  '.profile',
  '.zshrc',
  '.p10k.zsh',
  '.fzf.bash',
  '.selected_editor',
  '.zshenv',
  '.zprofile',
  '.cshrc',
  '.login',
  '.logout',
  '.kshrc',
  '.shinit',
  '.xprofile',
  '.xinitrc',
  '.xsessionrc',
  '.Xresources',
  '.vimrc',
  '.emacs',
  '.inputrc',
  '.tmux.conf',
  '.screenrc',
  '.gitconfig',
  '.curlrc',
  '.wgetrc',
  '.pythonrc',
  '.psqlrc',
  '.my.cnf',
  '.muttrc',
  '.mailcap',
  '.config/autostart/x',
  '.config/fish/config.fish',
  '.config/git/config',
  '.config/systemd/user/x.service',
  '.config/environment.d/x.conf',
  '.local/bin/ls',
  '.local/share/applications/mimeapps.list',
  '.local/share/systemd/user/x.timer',
  '.gnupg/gpg-agent.conf',
  '.kube/config',
  '.aws/config',
  '.docker/config.json',
  '.m2/settings.xml',
  '.cargo/config.toml',
  '.cargo/bin/cargo',
  '.gradle/init.gradle',
  '.emacs.d/init.el',
  '.vim/plugin/x.vim',
  '.some-new-tool/settings.yaml',
  '.some-new-tool/hook',
  '.oh-my-zsh/custom/x.zsh',
  'bin/ls',
  'Library/Preferences/com.apple.loginwindow.plist',
  'Library/Safari/Extensions.plist',
  'Documents/PowerShell/Profile.ps1',
  'AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/x.bat',
];

/** Obeyed in any folder. */
const ANYWHERE = [
  '.ssh/authorized_keys',
  '.ssh/authorized_keys2',
  '.ssh/config',
  '.ssh/rc',
  '.ssh/environment',
  '.git/hooks/post-checkout',
  '.git/config',
  '.git/config.worktree',
  '.git/modules/lib/config',
  '.git/modules/a/b/c/d/e/hooks/post-checkout',
  '.git/worktrees/x/config.worktree',
  '.git',
  '.hg/hgrc',
  '.jj/repo/config.toml',
  '.vscode/tasks.json',
  '.vscode/settings.json',
  '.idea/workspace.xml',
  'x.code-workspace',
  '.envrc',
  '.npmrc',
  '.pypirc',
  '.yarnrc.yml',
  '.pnpmfile.cjs',
  '.cargo/config.toml',
  'pip.conf',
  'sitecustomize.py',
  'lib/python3/site-packages/x.pth',
  '.exrc',
  '.nvim.lua',
  '.dir-locals.el',
  '.gdbinit',
  '.Rprofile',
  'x.desktop',
  'x.lnk',
  'x.url',
  'x.scf',
  'x.library-ms',
  'x.searchConnector-ms',
  'desktop.ini',
  'autorun.inf',
  '.htaccess',
  'web.config',
  '.user.ini',
  'crontab',
  'cron.d/x',
  '.rhosts',
  '.shosts',
  '.netrc',
  '.forward',
  '.pam_environment',
  '.procmailrc',
  '.k5login',
  'Library/LaunchAgents/x.plist',
  'Start Menu/Programs/Startup/x.exe',
  'Microsoft.PowerShell_profile.ps1',
];

/** Ordinary, hidden or executable: none of these is obeyed by itself. */
const ORDINARY = [
  'photo.jpg',
  'bashrc',
  'profile',
  'Makefile',
  'repo/Makefile',
  'package.json',
  'setup.exe',
  'install.sh',
  '.gitignore',
  '.gitattributes',
  '.gitmodules',
  '.editorconfig',
  '.prettierrc.json',
  '.env',
  '.DS_Store',
  '.hidden/notes.txt',
  '.cache/thumb',
  '.git/objects/ab/cdef',
  '.git/HEAD',
  '.git/hooks/pre-commit.sample',
  '.github/workflows/ci.yml',
  '.local/share/fonts/x.ttf',
  'x/.bashrc',
  'backup/home/.profile',
  'config',
  'config/app.json',
  'git/config',
  'model.pth',
  'urls.txt',
  'x.url.txt',
  'desktop.ini.txt',
  'programs/startups.md',
  'a/bin/tool',
  'Library/book.epub',
];

describe('a name that some system obeys', () => {
  test.each(AT_THE_TOP)('at the top of the receiving folder: %s', (path) => {
    expect([isRisky(path), isRiskyIn(DOWNLOADS.folder, path)]).toEqual([true, true]);
  });

  test.each(ANYWHERE)('in any folder: %s', (path) => {
    const paths = [path, `x/${path}`, `deep/er/${path}`];
    expect(paths.filter((nested) => !isRisky(nested))).toEqual([]);
    expect(paths.filter((nested) => !isRiskyIn(DOWNLOADS.folder, nested))).toEqual([]);
  });

  test.each(ORDINARY)('is not %s', (path) => {
    expect([isRisky(path), isRiskyIn(DOWNLOADS.folder, path)]).toEqual([false, false]);
  });
});

describe('where it lands', () => {
  test.each([
    ['/home/anna/.ssh', 'authorized_keys'],
    ['/home/anna/.ssh', 'notes'],
    ['/home/anna/.config', 'autostart/x'],
    ['/home/anna/.config/autostart', 'x'],
    ['/home/anna/repo/.git', 'config'],
    ['/home/anna/repo/.git/hooks', 'pre-commit'],
    ['/home/anna/bin', 'ls'],
    ['/home', 'anna/.bashrc'],
    ['/home', 'ben/.profile'],
    ['/', 'home/anna/.config/x/y'],
    ['/', 'root/.zshrc'],
    ['/', 'etc/cron.d/x'],
    ['/etc', 'profile.d/x.sh'],
    ['/usr/local/bin', 'ls'],
    ['/var/spool/cron', 'crontabs/root'],
    ['C:\\Users\\Anna', '.bashrc'],
    ['C:\\Users', 'anna/.bashrc'],
    ['C:\\Windows', 'system32/x.dll'],
  ])('in %s: %s', (folder, path) => expect(isRiskyIn(folder, path)).toBe(true));

  test.each([
    ['/home/anna/.cache/new', 'data.json'],
    ['/home/anna/.local/share/new', 'tool'],
    ['/srv/new', 'x/.bashrc'],
    ['/home/anna', 'Downloads/.bashrc'],
    ['/tmp/etc', 'x.conf'],
    ['/home/annabel', 'x.txt'],
  ])('not in %s: %s', (folder, path) => expect(isRiskyIn(folder, path)).toBe(false));
});

describe('no spelling escapes', () => {
  test.each([
    '.SSH/Authorized_Keys',
    '.s\u017fh/x',
    '.\u200cbashrc',
    '.g\u200dit/hooks/pre-commit',
    '.git\u2060/config',
    '\uff0ebashrc',
    '.bashrc.',
    '.bashrc . ',
    '.git /config',
    '.git./hooks/pre-commit',
    '.git::$INDEX_ALLOCATION/config',
    '.bashrc::$DATA',
    'desktop.ini:x',
    'x.lnk. .',
    'x:y.desktop',
    'GIT~1/config',
    'repo/git~1/hooks/pre-commit',
    'SSH~1/x',
    'BASHRC~1',
    'x\\.git\\config',
    '.DESKTOP.desktop',
  ])('%j', (path) => expect(isRisky(path)).toBe(true));

  it('in any case, with what Windows drops and HFS+ ignores', () => {
    const listed = fc.constantFrom(...AT_THE_TOP, ...ANYWHERE);
    const upper = fc.array(fc.boolean(), { minLength: 80, maxLength: 80 });
    const ignored = fc.constantFrom(
      '',
      '\u200b',
      '\u200c',
      '\u200d',
      '\u2060',
      '\u00ad',
      '\ufe0f',
      '\u{e0020}',
    );
    const dropped = fc.constantFrom('', '.', ' ', '. .', '::$DATA', ':stream');
    fc.assert(
      fc.property(listed, upper, ignored, fc.nat(79), dropped, (path, isUpper, mark, at, tail) => {
        const cased = [...path].map((c, i) => (isUpper[i] ? c.toUpperCase() : c)).join('');
        const place = at % cased.length;
        return isRisky(cased.slice(0, place) + mark + cased.slice(place) + tail);
      }),
      { numRuns: 2000 },
    );
  });
});
