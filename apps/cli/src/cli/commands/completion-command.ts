// `p2p-copy completion`: the script that makes a shell complete commands and options, and the hidden command that the
// script asks.
import type { RootCommand } from '@bomb.sh/tab';
import { Argument, type Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

const AFTER_HELP = `
Examples:
  source <(p2p-copy completion bash)                    in ~/.bashrc
  source <(p2p-copy completion zsh)                     in ~/.zshrc
  p2p-copy completion fish | source                     in ~/.config/fish/config.fish
  p2p-copy completion powershell | Out-String | Invoke-Expression      in $PROFILE`;

/** @param others makes a command line of all commands but these */
export function addCompletionCommands(program: Command, others: () => Command): void {
  program
    .command('completion')
    .description('Print the script that completes commands and options in a shell.')
    .addArgument(new Argument('<shell>', 'Shell type for completion script').choices(SHELLS))
    .addHelpText('after', AFTER_HELP)
    .action(async (shell: string) => {
      const root = await completionsOf(others());
      if (shell === 'bash') process.stdout.write(WITHOUT_BASH_COMPLETION);
      if (shell === 'zsh') process.stdout.write(WITHOUT_COMPINIT);
      root.setup(program.name(), program.name(), shell);
    });
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      if (wantsFileName(words)) process.stdout.write(`:${SHELL_COMPLETES_FILES}\n`);
      else (await completionsOf(others())).parse(words);
    });
}

/** Loaded only here: no other command needs it. */
async function completionsOf(program: Command): Promise<RootCommand> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  const root = tab(program, { completionCommandName: 'completion' });
  root.commands.get('completion')!.arguments.get('shell')!.handler = (complete) => {
    for (const shell of SHELLS) complete(shell, '');
  };
  return root;
}

/** The script calls a function of the package bash-completion, which many systems don't have. */
const WITHOUT_BASH_COMPLETION = `
if ! declare -F _get_comp_words_by_ref > /dev/null; then
    _get_comp_words_by_ref() {
        words=("\${COMP_WORDS[@]:0:COMP_CWORD+1}")
        cword=$COMP_CWORD
        cur=\${COMP_WORDS[COMP_CWORD]}
        prev=\${COMP_WORDS[COMP_CWORD-1]}
    }
fi
`;

/** The script calls `compdef`, which is there only after `compinit`; a bare zsh has not called it. */
const WITHOUT_COMPINIT = '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u; }\n';

/** The directive that leaves the word to the shell. */
const SHELL_COMPLETES_FILES = 0;
const OPTIONS_WITH_VALUE =
  /^(-[rcwtx]|--(relay|relay-token|token-file|code|words|wait|compress|text|name|exclude|limit-rate|overwrite|to|from|reconnect-timeout|patience|forget|host|port))$/;

const FILE_OPTIONS_OF_RELAY = /^--(config|certfile|keyfile|web-root)$/;

/** Whether the last word stands where a path goes. */
function wantsFileName(words: readonly string[]): boolean {
  const [command, ...rest] = words;
  const last = rest.at(-1);
  const before = rest.at(-2) ?? '';
  if (last === undefined) return false;
  if (command === 'relay' || command === 'run-relay-server') return FILE_OPTIONS_OF_RELAY.test(before);
  if (command === 'receive') return before === '--out' || before === '-o';
  return command === 'send' && !last.startsWith('-') && !OPTIONS_WITH_VALUE.test(before);
}
