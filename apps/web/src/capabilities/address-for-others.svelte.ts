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

  /** What else a terminal needs to know. */
  told = $state.raw<Told>(NOTHING);

  /** SHA-256 of the certificate that `address` shows where nobody vouches for it; null for any other, and by http. */
  readonly fingerprint = $derived(this.address.startsWith('https:') ? this.told.fingerprint : null);

  async find(): Promise<void> {
    this.told = await askRelay();
    if (!isLoopback()) return;
    const [found] = this.told.addresses;
    const { pathname } = new URL(pageAddress());
    this.address = found === undefined ? pageAddress() : new URL(pathname, found).href;
    this.reach = found === undefined ? 'only-here' : 'everywhere';
  }
}

export interface Told {
  /** Https origins of this page's relay, the best first. */
  readonly addresses: readonly string[];
  /** SHA-256 in hex of its certificate where nobody vouches for that. */
  readonly fingerprint: string | null;
  /** SHA-256 in hex of the command line that it serves; null where it serves none. */
  readonly command: string | null;
}

const NOTHING: Told = { addresses: [], fingerprint: null, command: null };

/** What this page's relay tells; nothing where it can't be asked. */
export async function askRelay(): Promise<Told> {
  try {
    const answer = await fetch('./addresses', {
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: 'no-store',
    });
    const { addresses, fingerprint, command } = (await answer.json()) as Partial<Record<keyof Told, unknown>>;
    return {
      addresses: Array.isArray(addresses) ? addresses.filter(isSecureOrigin) : [],
      fingerprint: isDigest(fingerprint) ? fingerprint : null,
      command: isDigest(command) ? command : null,
    };
  } catch {
    // Of an older relay, or of none.
    return NOTHING;
  }
}

function isDigest(told: unknown): told is string {
  return typeof told === 'string' && /^[\da-f]{64}$/i.test(told);
}

function isSecureOrigin(told: unknown): told is string {
  return typeof told === 'string' && URL.canParse(told) && new URL(told).protocol === 'https:';
}

function isLoopback(): boolean {
  return LOOPBACK.test(location.hostname);
}
