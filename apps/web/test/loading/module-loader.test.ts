import { afterEach, expect, test } from 'vitest';
import { ModuleLoader } from '../../src/loading/module-loader.ts';

afterEach(() => {
  globalThis.failedImports = undefined;
});

/** Imports that fail as often as it is told, and the pauses between them. */
function rig(failures: number) {
  const seen = { imports: 0, pauses: [] as number[], addresses: [] as (number | undefined)[] };
  const loader = new ModuleLoader(
    async () => {
      seen.imports += 1;
      seen.addresses.push(globalThis.failedImports);
      if (seen.imports <= failures) throw new TypeError('Failed to fetch dynamically imported module');
      return 'the module';
    },
    async (ms) => void seen.pauses.push(ms),
  );
  return { seen, loader };
}

test('a module is imported once, whoever asks for it, and when', async () => {
  const { seen, loader } = rig(0);
  expect(await Promise.all([loader.get(), loader.get()])).toEqual(['the module', 'the module']);
  expect(await loader.get()).toBe('the module');
  expect(seen).toEqual({ imports: 1, pauses: [], addresses: [undefined] });
});

test('an import that fails is tried again under another address, which browsers do not know as failed', async () => {
  const { seen, loader } = rig(3);
  expect(await loader.get()).toBe('the module');
  expect(seen).toEqual({ imports: 4, pauses: [250, 500, 1000], addresses: [undefined, 1, 2, 3] });
});

test('what is gone is given up after five attempts, and then asked for once a call', async () => {
  const { seen, loader } = rig(6);
  await expect(loader.get()).rejects.toThrow('Failed to fetch');
  expect(seen).toMatchObject({ imports: 5, pauses: [250, 500, 1000, 2000] });
  await expect(loader.get()).rejects.toThrow('Failed to fetch');
  expect(seen.imports).toBe(6);
  expect(await loader.get()).toBe('the module');
  expect(seen).toMatchObject({ imports: 7, pauses: [250, 500, 1000, 2000] });
});

test('nobody waits longer than they wish for a module that is slow, and it comes all the same', async () => {
  let arrive: (module: string) => void = () => {};
  const loader = new ModuleLoader(
    () =>
      new Promise<string>((resolve) => {
        arrive = resolve;
      }),
    async () => {},
  );
  await expect(loader.within(20_000)).rejects.toThrow('longer than 20000 ms');
  arrive('the module');
  expect(await loader.within(20_000)).toBe('the module');
});
