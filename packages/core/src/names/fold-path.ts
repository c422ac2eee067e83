// One spelling for all spellings of a path that some disk takes for the same: case, invisible characters, dots and blanks at
// the end, streams, short names. Linear in the length of the path, whatever is in it.

const ASCII = /^[\u0020-\u007e]*$/;
/** What HFS+ ignores in a name (CVE-2014-9390), and more that can't be seen. */
const IGNORED = /\p{Default_Ignorable_Code_Point}/gu;
/** Windows drops dots and blanks at the end of a name. */
const DROPPED_TAIL = /[. ](?=\/|$)/;
/** A short name: at most six characters, a tilde and a number, and at most three characters of an ending. */
const SHORT_NAME = /(?<=\/)[^/.~ ]{1,6}~\d{1,4}(?:\.[^/.]{0,3})?(?=\/|$)/g;

/** Names of the lists that Windows may give a short name: they begin with a dot, or are longer than eight characters. */
const LONG_NAMES =
  '.git .hg .jj .ssh .vscode .idea .config .local .gnupg .cargo .mvn .bashrc .bash_profile .profile .zshrc .zshenv .zprofile .zlogin .gitconfig .npmrc .pypirc .envrc .vimrc .exrc .emacs .gdbinit .netrc .rhosts .htaccess .inputrc .cshrc .tcshrc .login .logout .kshrc .xprofile .xsession .xinitrc .tmux.conf .pam_environment .forward .user.ini launchagents autostart sitecustomize.py usercustomize.py';
const LONG_BY_STEM = new Map(LONG_NAMES.split(' ').map((name) => [stemOf(name), name]));

/**
 * The path in lower case with a `/` before each segment. Two spellings where a colon is in it: what follows a colon is a
 * stream of the file on Windows, and part of the name elsewhere.
 */
export function foldPath(path: string): string[] {
  let folded = `/${path}`;
  if (!ASCII.test(folded))
    folded = folded.normalize('NFKC').replace(IGNORED, '').toUpperCase().normalize('NFKC');
  folded = folded.toLowerCase().replaceAll('\\', '/');
  if (folded.includes('~')) folded = folded.replace(SHORT_NAME, longName);
  if (folded.includes(':')) {
    const streamless = folded.replace(/:[^/]*/g, '');
    return [withoutTails(folded), withoutTails(streamless)];
  }
  return [withoutTails(folded)];
}

function withoutTails(folded: string): string {
  return DROPPED_TAIL.test(folded) ? folded.split('/').map(withoutTail).join('/') : folded;
}

function withoutTail(segment: string): string {
  let end = segment.length;
  while (end > 0 && (segment[end - 1] === '.' || segment[end - 1] === ' ')) end -= 1;
  return segment.slice(0, end);
}

/** The listed name that a short name may stand for, else the name itself. */
function longName(short: string): string {
  return LONG_BY_STEM.get(short.slice(0, short.indexOf('~'))) ?? short;
}

/** The first six characters of a name without its dots and ending, as they stand in its short name. */
function stemOf(name: string): string {
  const base = name.replace(/^\.+/, '');
  const end = base.lastIndexOf('.');
  return (end > 0 ? base.slice(0, end) : base).replaceAll('.', '').slice(0, 6);
}
