// The lists behind risky-name.ts: names that a shell, a login, a desktop, an editor, a tool or a server obeys because of where
// they lie, without anybody opening them. Matched against folded paths (fold-path.ts): lower case, `/` before each segment. A
// program that runs only when a person opens it is not here: could-run.ts. No pattern repeats over more than one segment, so
// that a path costs no more than its length.

/** A file that is obeyed in any folder. */
export interface Listed {
  /** Matched against the folders, with a `/` at either end. */
  within?: RegExp;
  /** Matched against the name of the file alone. */
  name?: RegExp;
}

const anyOf = (...names: string[]) => new RegExp(`^(${names.join('|')})$`);

/** Names that some system obeys in whatever folder they lie. */
export const ANYWHERE: readonly Listed[] = [
  // Version control. A file `.git` points to a repository elsewhere; hooks that end in `.sample` never run.
  { name: /^\.git$/ },
  { within: /\/\.git\//, name: anyOf('config', 'config\\.worktree', 'commondir') },
  { within: /\/\.git\/([^/]+\/){0,3}hooks\//, name: /(?<!\.sample)$/ },
  { within: /\/\.git\/modules\/.*\/hooks\//, name: /(?<!\.sample)$/ },
  { within: /\/\.hg\/$/, name: anyOf('hgrc', 'hgrc-not-shared', 'sharedpath') },
  { within: /\/\.jj\/repo\//, name: anyOf('config\\.toml', 'git_target') },
  { within: /\/\.bzr\/branch\//, name: /^branch\.conf$/ },
  // Editors.
  { within: /\/\.(vscode|vs|idea|fleet|zed|cursor|windsurf|devcontainer|claude|nova|nvim|vim)\// },
  { name: /^(\.mcp\.json|\.devcontainer\.json|.*\.code-workspace|\.dir-locals(-2)?\.el|\.nvim\.lua)$/ },
  { name: /^[._](g|n|l|local\.)?(vimrc|exrc)(\.local|\.lua)?$/ },
  // Debuggers, interpreters and shells that read the folder in which they start.
  {
    name: anyOf(
      '\\.(gdbinit|lldbinit|radare2rc|rprofile|renviron|irbrc|pryrc|pythonrc(\\.py)?|perldb|ghci|ocamlinit)',
    ),
  },
  { name: anyOf('(site|user)customize\\.py', '\\.autoenv\\.zsh') },
  { within: /\/(site|dist)-packages\/$/, name: /\.pth$/ },
  // Package managers and build tools: another registry, or a program in place of their own.
  {
    name: anyOf(
      '\\.envrc',
      '\\.direnvrc',
      '\\.?mise\\.toml',
      '\\.npmrc',
      '\\.yarnrc(\\.ya?ml)?',
      '\\.pnpmfile\\.c?js',
    ),
  },
  {
    name: anyOf(
      '\\.pnp\\.c?js',
      '\\.bowerrc',
      '\\.pypirc',
      'pip\\.(conf|ini)',
      '\\.pydistutils\\.cfg',
      '\\.condarc',
    ),
  },
  { name: anyOf('\\.gemrc', '\\.bazelrc', '\\.buckconfig(\\.local)?') },
  { within: /\/\.(cargo|bundle)\/$/, name: /^config(\.toml)?$/ },
  { within: /\/\.(mvn|mise)\// },
  // Desktops and file managers, which read a folder in order to show it.
  {
    name: /\.(desktop|lnk|url|scf|library-ms|searchconnector-ms|search-ms|theme|themepack|deskthemepack|appref-ms)$/,
  },
  { name: anyOf('desktop\\.ini', 'autorun\\.(inf|sh|bat)', 'folder\\.htt', '\\.?autorun', '\\.?autoopen') },
  // Started at login, or on a schedule.
  { within: /\/(autostart(-scripts)?|programs\/startup|xlstart|word\/startup)\// },
  {
    within:
      /\/library\/(launchagents|launchdaemons|startupitems|scriptingadditions|preferencepanes|input methods)\//,
  },
  { within: /\/library\/(application scripts|spotlight|quicklook|internet plug-ins|services)\// },
  { within: /\/library\/preferences\//, name: /\.plist$/ },
  { within: /\/systemd\/(user|system|(user-|system-)?(environment-)?generators)\// },
  { within: /\/(systemd|environment\.d|cron\.(d|hourly|daily|weekly|monthly))\//, name: /./ },
  { name: anyOf('\\.?crontab', 'anacrontab', '([^/]*_)?profile\\.ps1') },
  // Who may log in, with which secret, and what a login or a letter then runs.
  { within: /\/\.ssh\// },
  {
    name: anyOf(
      '\\.[rs]hosts',
      '\\.k5(login|users|identity)',
      '[._]netrc',
      '\\.pam_environment',
      '\\.forward(\\+.*)?',
    ),
  },
  { name: anyOf('\\.procmailrc', '\\.qmail(-.*)?', '\\.lessfilter', 'authorized_keys2?') },
  // Servers.
  { name: anyOf('\\.htaccess', '\\.htpasswd', '\\.user\\.ini', 'web\\.config') },
];

/** Obeyed at the top of a person's own folder. */
export const AT_HOME: readonly RegExp[] = [
  /^\/\.[^/]*rc(\.[a-z0-9_]+)?$/,
  /^\/\.[^/]*(profile|login|logout|aliases|functions|init|session|startup|config|\.conf|\.cfg|\.cnf)(\.[a-z0-9]+)?$/,
  /^\/\.(z|k|ba|c|tc|mk|fi)?sh(env|init|_[^/]*)?(\.local)?$/,
  /^\/\.(bash_[^/]*|zsh_[^/]*|environment|login_conf|zlogin|zlogout|selected_editor)$/,
  /^\/\.[^/]*\.(bash|zsh|fish|sh)$/,
  /^\/\.x(initrc|session|sessionrc|serverrc|profile|resources|defaults|modmap|authority)$/,
  /^\/\.(iceauthority|dmrc|emacs|emacs\.el|gnus|gnus\.el|viper|lesskey|less|dircolors|dir_colors|guile|gnuplot)$/,
  /^\/\.(mailcap|mime\.types|pgpass|authinfo(\.gpg)?|git-credentials|hushlogin|wezterm\.lua|plan\.d)$/,
  /^\/(bin|\.local\/bin)\//,
  /^\/library\/(preferences|keychains|keybindings|colorpickers|components|safari|containers)\//,
  /^\/(documents|mydocuments|onedrive\/documents)\/(windows)?powershell\//,
  /^\/appdata\/(roaming|local)\/(microsoft|npm|code|git|gnupg)\//,
  /^\/(ntuser\.(dat|ini)|_viminfo|_emacs|init\.el)$/,
];

/** Hidden folders that a system or a tool keeps its settings in: all that lies there is settings, whatever its ending. */
export const SETTINGS_FOLDERS =
  /^\/\.(config|ssh|gnupg|pki|kube|aws|azure|docker|ansible|m2|gradle|cargo|npm|emacs\.d|vim|zsh|bashrc\.d|zshrc\.d|profile\.d|kde|kde4|gnome2|dbus-keyrings|i3|sway|fluxbox|openbox|xmonad|git_template|git-templates|ipython|jupyter|hammerspoon|subversion|mozilla)\//;

/** Of `.local`, which holds data of programs too. */
export const LOCAL_OBEYED =
  /^\/\.local\/(bin|lib|share\/(applications|autostart|systemd|dbus-1|nautilus|nemo|caja|kservices5|kio|plasma|gnome-shell|mime|xsessions|bash-completion|zsh|fish|nvim))\//;

/** Hidden folders that hold data, or what the lists above name already. */
export const HIDDEN_DATA =
  /^\/\.(local|git|hg|svn|bzr|jj|cache|trash[^/]*|trashes|thumbnails|well-known|next|nuxt|venv|tox|github|gitlab|circleci)\//;

/** Hidden files that look like settings of a person and only say how a project's text looks. */
export const HARMLESS =
  /^\/\.(editorconfig|prettierrc|eslintrc|stylelintrc|babelrc|swcrc|nvmrc|jshintrc|coveragerc|pylintrc|browserslistrc|postcssrc|flowconfig)(\.[a-z0-9]+)?$/;

/** Endings of content that nothing obeys, in a hidden folder of unknown purpose. */
export const PLAIN_DATA =
  /\.(txt|md|rst|log|csv|tsv|jpe?g|png|gif|webp|avif|heic|bmp|tiff?|ico|pdf|docx?|xlsx?|pptx?|od[tsp]|epub|mp3|m4a|flac|ogg|opus|wav|aac|mp4|m4v|mkv|mov|webm|avi|zip|gz|xz|bz2|zst|7z|tar|tgz|db|sqlite3?|bin|dat|iso|img|ttf|otf|woff2?)$/;

/** The machine's own, as seen from the root of the disk. */
export const OF_THE_MACHINE: readonly RegExp[] = [
  /^\/(private\/)?etc\//,
  /^\/(usr\/(local\/)?)?(s?bin|lib(32|64|exec)?)\//,
  /^\/(boot|var\/spool\/(cron|at)|usr\/share\/(applications|dbus-1|polkit-1|xsessions))\//,
  /^\/(system\/)?library\//,
  /^\/(windows|program files( \(x86\))?|programdata)\//,
];

/** Where people's own folders lie, as seen from the root of the disk. */
export const HOMES = /^\/((var\/|export\/)?home\/[^/]+|users\/[^/]+|root|var\/root)(?=\/)/;
