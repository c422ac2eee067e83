// Who is cut off: the networks that the settings list, and those of a file that is read again when it changes.
import type { Clock } from '@p2p-copy/core/foundation';
import { readSmallFile, unusableFile } from '../foundation/read-small-file.ts';
import type { RelayLog } from '../foundation/relay-log.ts';
import { isNetwork, NetworkSet } from './network-set.ts';

export { isNetwork } from './network-set.ts';

export interface BlockSettings {
  readonly block: readonly string[];
  readonly blockFile: string | null;
}

const LOOK_INTERVAL_MS = 5_000;

export class BlockedNetworks {
  readonly #settings: BlockSettings;
  #networks: NetworkSet;
  /** Of the file. */
  #listed: readonly string[] = [];
  /** Where `#listed` was read. */
  #file: string | null = null;

  /** @param settings read again by `retune` */
  constructor(settings: BlockSettings) {
    this.#settings = settings;
    this.#networks = new NetworkSet(settings.block);
  }

  get isEmpty(): boolean {
    return this.#networks.isEmpty;
  }

  get hasFile(): boolean {
    return this.#settings.blockFile !== null;
  }

  has(ip: string): boolean {
    return this.#networks.has(ip);
  }

  /** Puts in force what the settings list now; what was read of a file stays until `read`. */
  retune(): void {
    if (this.#settings.blockFile === null) this.#listed = [];
    this.#networks = new NetworkSet([...this.#settings.block, ...this.#listed]);
  }

  /**
   * Reads the file, if there is one.
   * @returns whether it holds anything else than before
   * @throws RelayError `invalid-config`, naming file and line; what was read before stays in force
   */
  async read(): Promise<boolean> {
    const { blockFile } = this.#settings;
    const found =
      blockFile === null ? [] : parseBlockFile(await readSmallFile('block', blockFile), blockFile);
    const isSame = blockFile === this.#file && found.join() === this.#listed.join();
    this.#file = blockFile;
    this.#listed = found;
    if (!isSame) this.retune();
    return !isSame;
  }
}

/** An address or network a line; what follows a `#` is a remark. */
function parseBlockFile(content: Buffer, file: string): string[] {
  return content
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .flatMap((line, at) => {
      const network = line.replace(/#.*$/, '').trim();
      if (network === '') return [];
      if (isNetwork(network)) return [network];
      const shown = JSON.stringify(network.slice(0, 80));
      throw unusableFile(
        'block',
        file,
        `line ${at + 1} is ${shown}, which is no IP address and no network such as 203.0.113.0/24`,
      );
    });
}

export interface BlockFollower {
  clock: Clock;
  log: Pick<RelayLog, 'info' | 'warn'>;
  /** Others are blocked from now on. */
  onChanged(): void;
}

/**
 * Looks at the file every few seconds while there is one, and when `now` is called.
 * @returns `stop` ends it
 */
export function followBlockFile(
  blocked: BlockedNetworks,
  { clock, log, onChanged }: BlockFollower,
): { now(): void; stop(): void } {
  let hasWarned = false;
  let isStopped = false;
  let cancel = () => {};
  wait();

  function look(): void {
    cancel();
    void update().then(() => {
      if (!isStopped) wait();
    });
  }

  function wait(): void {
    cancel();
    if (blocked.hasFile) cancel = clock.after(LOOK_INTERVAL_MS, look);
  }

  async function update(): Promise<void> {
    try {
      const hasChanged = await blocked.read();
      hasWarned = false;
      if (isStopped || !hasChanged) return;
      log.info({}, 'the block file has changed');
      onChanged();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!hasWarned && !isStopped)
        log.warn({ reason }, 'the block file is not usable, what it held stays in force');
      hasWarned = true;
    }
  }

  return {
    now: look,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
