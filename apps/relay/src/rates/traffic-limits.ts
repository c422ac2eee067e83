// How much the relay passes, and for whom: gives each pair the buckets and quotas that it shares with others.
import type { Clock } from '@p2p-copy/core/foundation';
import { MAX_RETRY_AFTER_MS } from '@p2p-copy/core/relay-protocol';
import { addressBlock, siteOf } from '../limits/address-block.ts';
import { ByteQuota, DayQuota } from './byte-quota.ts';
import { FairBucket } from './fair-bucket.ts';
import { type LimitName, PairLimiter, type Quota } from './pair-limiter.ts';
import type { Payer } from './payer.ts';
import { TransferQuotas } from './transfer-quotas.ts';

/** Null: no limit. Read anew for each pair. */
export interface TrafficSettings {
  readonly bytesPerSecond: number | null;
  readonly bytesPerSecondPerPair: number | null;
  readonly bytesPerSecondPerAddress: number | null;
  readonly bytesPerSecondPerSite: number | null;
  readonly bytesPerSecondPerToken: number | null;
  readonly bytesPerTransfer: number | null;
  readonly bytesPerDayPerToken: number | null;
  readonly maxPairAgeMs: number | null;
  readonly maxPairIdleMs: number | null;
}

/** What is known of an end. */
export interface LimitedEnd {
  readonly ip: string;
  readonly payer: Payer | null;
  /** The opaque key that it was paired under; null for any other. */
  readonly transferKey: string | null;
}

interface Shared {
  readonly bucket: FairBucket;
  pairs: number;
}

export class TrafficLimits {
  readonly #settings: TrafficSettings;
  readonly #clock: Clock;
  /** By the kind of what they are for, and its name. */
  readonly #buckets = new Map<string, Shared>();
  readonly #days = new Map<string, DayQuota>();
  readonly #transfers: TransferQuotas;

  constructor(settings: TrafficSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#transfers = new TransferQuotas(clock);
  }

  /** Buckets in use. */
  get buckets(): number {
    return this.#buckets.size;
  }

  /** Why an end can have nothing passed at all, and for how long; null when it can. */
  refusal({ payer, transferKey }: LimitedEnd): { name: LimitName; retryAfterMs: number } | null {
    const { bytesPerTransfer } = this.#settings;
    if (transferKey !== null && bytesPerTransfer !== null) {
      const waitMs = this.#transfers.waitMs(transferKey, bytesPerTransfer);
      if (waitMs !== null) return { name: 'transfer-limit', retryAfterMs: tellable(waitMs) };
    }
    const day = payer === null ? null : this.#dayOf(payer);
    if (day === null || day.left > 0) return null;
    return { name: 'day-limit', retryAfterMs: tellable(day.waitMs) };
  }

  /** Counts what was passed for a payer outside of a pair. False when nothing more may pass for it today. */
  spendDay(payer: Payer, bytes: number): boolean {
    const day = this.#dayOf(payer);
    day?.spend(bytes);
    return day === null || day.left > 0;
  }

  /** The limits of a new pair, or null when it has none. */
  forPair(sender: LimitedEnd, receiver: LimitedEnd, onLimit: (name: LimitName) => void): PairLimiter | null {
    const { bytesPerSecondPerPair: own, bytesPerTransfer, maxPairAgeMs, maxPairIdleMs } = this.#settings;
    const rates = this.#ratesOf([sender, receiver]);
    const days = payersOf([sender, receiver]).map((payer) => this.#dayOf(payer));
    const quotas: { name: LimitName; quota: Quota }[] = [];
    for (const quota of days) if (quota !== null) quotas.push({ name: 'day-limit', quota });
    const key = sender.transferKey;
    if (bytesPerTransfer !== null) {
      const quota =
        key === null ? new ByteQuota(bytesPerTransfer) : this.#transfers.enter(key, bytesPerTransfer);
      quotas.push({ name: 'transfer-limit', quota });
    }
    const ownBucket = own === null ? [] : [new FairBucket(own, this.#clock)];
    const buckets = [...ownBucket, ...[...rates].map(([name, rate]) => this.#enter(name, rate))];
    const isFree = buckets.length === 0 && quotas.length === 0 && maxPairAgeMs === null;
    if (isFree && maxPairIdleMs === null) return null;
    const terms = {
      buckets,
      quotas,
      maxAgeMs: maxPairAgeMs,
      maxIdleMs: maxPairIdleMs,
      onLimit,
      onEnd: () => {
        for (const name of rates.keys()) this.#leave(name);
        if (key !== null && bytesPerTransfer !== null) this.#transfers.leave(key);
      },
    };
    return new PairLimiter(terms, this.#clock);
  }

  /** Rates that the ends share with others, by the name of the bucket, in the order in which they are asked. */
  #ratesOf(ends: readonly LimitedEnd[]): Map<string, number> {
    const { bytesPerSecond, bytesPerSecondPerAddress, bytesPerSecondPerSite } = this.#settings;
    const rates = new Map<string, number>();
    const add = (name: string, rate: number | null) => {
      if (rate !== null) rates.set(name, rate);
    };
    for (const payer of payersOf(ends)) {
      add(`token ${payer.name}`, payer.bytesPerSecond ?? this.#settings.bytesPerSecondPerToken);
    }
    const addresses = ends.map(({ ip }) => addressBlock(ip));
    for (const address of addresses) add(`address ${address}`, bytesPerSecondPerAddress);
    for (const site of addresses.map(siteOf)) {
      if (site !== null) add(`site ${site}`, bytesPerSecondPerSite);
    }
    add('all', bytesPerSecond);
    return rates;
  }

  #enter(name: string, rate: number): FairBucket {
    const shared = this.#buckets.get(name) ?? { bucket: new FairBucket(rate, this.#clock), pairs: 0 };
    this.#buckets.set(name, shared);
    shared.bucket.bytesPerSecond = rate;
    shared.pairs += 1;
    return shared.bucket;
  }

  #leave(name: string): void {
    const shared = this.#buckets.get(name)!;
    shared.pairs -= 1;
    if (shared.pairs === 0) this.#buckets.delete(name);
  }

  /** There are no more of them than tokens. */
  #dayOf(payer: Payer): DayQuota | null {
    const limit = payer.bytesPerDay ?? this.#settings.bytesPerDayPerToken;
    if (limit === null) return null;
    const day = this.#days.get(payer.name) ?? new DayQuota(limit, this.#clock);
    this.#days.set(payer.name, day);
    day.limit = limit;
    return day;
  }
}

/** A longer pause would be ignored. */
function tellable(waitMs: number): number {
  return Math.min(Math.ceil(waitMs), MAX_RETRY_AFTER_MS);
}

/** Each once. */
function payersOf(ends: readonly LimitedEnd[]): Payer[] {
  const payers = ends.flatMap(({ payer }) => (payer === null ? [] : [payer]));
  return [...new Map(payers.map((payer) => [payer.name, payer])).values()];
}
