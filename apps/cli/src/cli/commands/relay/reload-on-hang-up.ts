// SIGHUP to a running relay: the settings are read again, and it takes those that it can. Never the end of it.
import { keyOf } from '@p2p-copy/relay/settings';
import type { RunningRelay } from '../../../library/relay/start-relay.ts';
import { type Call, givenSettings, loadSettings } from '../../../relay-settings/load-settings.ts';
import type { Context } from '../../terminal/context.ts';

/** Says in one line what was taken, in another what wasn't, or in one why nothing was. */
export function reloadOnHangUp(relay: RunningRelay, call: Call, { terminal, onHangUp }: Context): void {
  // One after the other: the last file read is the one in force.
  let last = Promise.resolve();
  onHangUp(() => {
    last = last.then(reload);
  });

  async function reload(): Promise<void> {
    try {
      const { changed, needRestart } = await relay.reload(givenSettings(await loadSettings(call)));
      terminal.say(
        changed.length === 0
          ? 'Settings read again: none has changed that a running relay takes.'
          : `Settings changed: ${named(changed)}.`,
      );
      if (needRestart.length > 0) terminal.say(`These settings need a restart: ${named(needRestart)}.`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      terminal.say(`The settings were not reloaded, and the old ones stay: ${reason}`);
    }
  }
}

function named(names: readonly string[]): string {
  return names.map(keyOf).join(', ');
}
