// Where other devices open this page: its own address, unless that means another machine there. Then the relay is asked,
// docs/PROTOCOL.md section 4.
import { readToldAddresses, type ToldAddresses, toldAddress } from '@p2p-copy/core';
import { pageAddress } from './page-address.ts';

const PATIENCE_MS = 5_000;
const LOOPBACK = /^(localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/;

export class AddressForOthers {
  /** With a slash at its end. Until another is known, the page's own. */
  address = $state(pageAddress());
  /** `only-here` where no other device can open the address. */
  reach = $state<'everywhere' | 'asking' | 'only-here'>(isLoopback() ? 'asking' : 'everywhere');

  /** What else a terminal needs to know. */
  told = $state.raw(NOTHING);

  /** SHA-256 of the certificate that `address` shows where nobody vouches for it; null for any other, and by http. */
  readonly fingerprint = $derived(this.address.startsWith('https:') ? this.told.fingerprint : null);

  async find(): Promise<void> {
    this.told = await askRelay();
    if (!isLoopback()) return;
    const [found] = this.told.addresses;
    this.address = found === undefined ? pageAddress() : `${toldAddress(this.told, pageAddress(), found)}/`;
    this.reach = found === undefined ? 'only-here' : 'everywhere';
  }
}

const NOTHING = readToldAddresses(null);

/** What this page's relay tells; nothing where it can't be asked. */
export async function askRelay(): Promise<ToldAddresses> {
  try {
    const answer = await fetch('./addresses', {
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: 'no-store',
    });
    return readToldAddresses(await answer.json());
  } catch {
    // Of an older relay, or of none.
    return NOTHING;
  }
}

function isLoopback(): boolean {
  return LOOPBACK.test(location.hostname);
}
