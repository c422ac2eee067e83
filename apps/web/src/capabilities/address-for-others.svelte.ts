// Where other devices open this page: its own address, unless that means another machine there. Then the relay is asked,
// docs/PROTOCOL.md section 4.
import { pageAddress } from './page-address.ts';

const PATIENCE_MS = 5_000;
const LOOPBACK = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/;

export class AddressForOthers {
  /** With a slash at its end. Until another is known, the page's own. */
  address = $state(pageAddress());
  /** `only-here` where no other device can open the address. */
  reach = $state<'everywhere' | 'asking' | 'only-here'>(isLoopback() ? 'asking' : 'everywhere');

  async find(): Promise<void> {
    if (!isLoopback()) return;
    const [found] = await toldAddresses();
    const { pathname } = new URL(pageAddress());
    this.address = found === undefined ? pageAddress() : new URL(pathname, found).href;
    this.reach = found === undefined ? 'only-here' : 'everywhere';
  }
}

/** Https origins of this page's relay, the best first; none where it tells none. */
export async function toldAddresses(): Promise<string[]> {
  try {
    const answer = await fetch('./addresses', {
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: 'no-store',
    });
    const { addresses } = (await answer.json()) as { addresses?: unknown };
    return Array.isArray(addresses) ? addresses.filter(isSecureOrigin) : [];
  } catch {
    // Of an older relay, or of none.
    return [];
  }
}

function isSecureOrigin(told: unknown): told is string {
  return typeof told === 'string' && URL.canParse(told) && new URL(told).protocol === 'https:';
}

function isLoopback(): boolean {
  return LOOPBACK.test(location.hostname);
}
