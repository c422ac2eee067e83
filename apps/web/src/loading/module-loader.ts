// Loads a module that isn't part of the first load, ahead of its use, and tries again: the connection may be lost just then, and a
// server that was upgraded has it no more.

/** Between attempts. Together they outlast a change of networks, and not a person's patience. */
const PAUSES_MS = [250, 500, 1000, 2000];

declare global {
  /** Part of the address of every import (retriable-imports.ts), since browsers keep a failed one. Undefined for none. */
  var failedImports: number | undefined;
}

/** One module, loaded once. */
export class ModuleLoader<Module> {
  readonly #import: () => Promise<Module>;
  readonly #pause: (ms: number) => Promise<void>;
  #loading: Promise<Module> | null = null;
  /** All attempts failed once: from then on there is one for each call, and nobody waits again for what is gone. */
  #isPatient = true;

  /** @param load an `import()` */
  constructor(load: () => Promise<Module>, pause: (ms: number) => Promise<void> = passing) {
    this.#import = load;
    this.#pause = pause;
  }

  /**
   * The same one each time.
   * @throws TypeError that of the last attempt; another call makes another
   */
  get(): Promise<Module> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  /**
   * The same, for callers that do without what is slow to come. It comes on meanwhile.
   * @throws TypeError as `get`, and when the time is over
   */
  within(ms: number): Promise<Module> {
    const late = this.#pause(ms).then(() => {
      throw new TypeError(`a module took longer than ${ms} ms`);
    });
    return Promise.race([this.get(), late]);
  }

  async #load(): Promise<Module> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#import();
      } catch (error) {
        globalThis.failedImports = (globalThis.failedImports ?? 0) + 1;
        const pauseMs = this.#isPatient ? PAUSES_MS[attempt] : undefined;
        if (pauseMs === undefined) {
          this.#isPatient = false;
          this.#loading = null;
          throw error;
        }
        await this.#pause(pauseMs);
      }
    }
  }
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
