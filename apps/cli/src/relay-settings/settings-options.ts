// The flags of `p2p-copy relay`, made of the table of settings: the common ones in the short help, all in the long one.
import { flagOf, type Setting } from '@p2p-copy/relay/settings';
import { type Command, Option } from 'commander';
import { CLI_SETTING_GROUPS, CLI_SETTINGS } from './cli-table.ts';

export type TypedFlags = Readonly<Record<string, readonly string[]>>;

const SHORT: Readonly<Record<string, string>> = { port: '-p, ' };

/** Adds a flag for each setting, and `--help-all`. */
export function addSettingsOptions(command: Command): void {
  for (const { heading, settings } of CLI_SETTING_GROUPS) {
    for (const [name, row] of Object.entries(settings)) {
      for (const option of optionsOf(name, row)) command.addOption(option.helpGroup(`${heading}:`));
    }
  }
  command
    .addOption(new Option('--help-all', 'show all settings').helpGroup('Options:'))
    .on('option:help-all', () => {
      for (const option of command.options) option.hideHelp(option.long?.startsWith('--no-') ?? false);
      command.help();
    });
}

/** Only those named, in the same form, for a command with fewer flags. */
export function settingOption(name: keyof typeof CLI_SETTINGS): Option {
  return optionsOf(name, CLI_SETTINGS[name])[0]!;
}

/** What was typed, by the settings' names. Their texts are judged later, with those of the other sources. */
export function typedFlags(options: Readonly<Record<string, unknown>>): TypedFlags {
  const flags: Record<string, readonly string[]> = {};
  for (const [name, row] of Object.entries(CLI_SETTINGS)) {
    const value = options[attributeOf(name, row)];
    if (Array.isArray(value)) flags[name] = value;
    else if (typeof value === 'boolean') flags[name] = [String(value)];
  }
  return flags;
}

function optionsOf(name: string, row: Setting<unknown>): Option[] {
  const flag = flagOf(name, row);
  const help = `${row.purpose.replace(/\.$/, '')} (${row.show(row.default)})`;
  if (row.placeholder === null) {
    return [
      new Option(flag, row.purpose.replace(/\.$/, '')).hideHelp(!row.isCommon),
      new Option(flag.replace('--', '--no-')).hideHelp(),
    ];
  }
  return [
    new Option(`${SHORT[name] ?? ''}${flag} <${row.placeholder}>`, help)
      .argParser((text: string, before: readonly string[] = []) => [...before, text])
      .hideHelp(!row.isCommon),
  ];
}

function attributeOf(name: string, row: Setting<unknown>): string {
  return new Option(`${flagOf(name, row)}${row.placeholder === null ? '' : ' <value>'}`).attributeName();
}
