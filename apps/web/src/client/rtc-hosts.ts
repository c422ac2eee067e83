// The connections of WebRTC that the engine has asked for: the page's part comes after the first load, and ends when the person wants
// no other path than the relay.
import { hasRtc, pathChoice } from '../capabilities/path-choice.svelte.ts';
import type { FromConnection } from '../contract/rtc-messages.ts';
import { ModuleLoader } from '../loading/module-loader.ts';

const rtc = new ModuleLoader(() => import('../rtc/index.ts'));

/** Loads what a connection needs ahead of it, if one may be wanted. */
export function prepareRtc(): void {
  // Where it can't be had, everything goes by way of the relay.
  if (hasRtc && !pathChoice.isRelayOnly) rtc.get().catch(() => {});
}

/** Makes the connection that the engine uses over a port. */
export async function hostConnection(port: MessagePort): Promise<void> {
  try {
    const { ConnectionHost } = await rtc.get();
    const lose = () => host.lose();
    const host = new ConnectionHost(port, () => pathChoice.onRelayOnly.delete(lose));
    pathChoice.onRelayOnly.add(lose);
    // It may have been chosen since the transfer began.
    if (pathChoice.isRelayOnly) lose();
  } catch {
    port.postMessage({ type: 'lost' } satisfies FromConnection);
  }
}
