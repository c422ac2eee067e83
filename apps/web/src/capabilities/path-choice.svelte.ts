// Which paths content may take, as the person chose, which this browser remembers.
import { recall, remember } from './remembered.ts';

const KEY = 'path';
const ONLY_RELAY = 'relay';

class PathChoice {
  /** Whether content goes by way of the relay alone, and no address of this device is told to the other end. */
  isRelayOnly = $state(recall(KEY, [ONLY_RELAY]) !== null);
  /** Told when it becomes so. */
  readonly onRelayOnly = new Set<() => void>();

  choose(isRelayOnly: boolean): void {
    this.isRelayOnly = isRelayOnly;
    remember(KEY, isRelayOnly ? ONLY_RELAY : null);
    if (isRelayOnly) for (const tell of [...this.onRelayOnly]) tell();
  }
}

/** One for the page. */
export const pathChoice = new PathChoice();

/** Whether this browser can connect to another one without a relay. */
export const hasRtc = typeof RTCPeerConnection === 'function';
