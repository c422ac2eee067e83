// The networks of the tests (test/netns, TypeScript), bundled so that the benchmark can make them too.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const NETNS = fileURLToPath(new URL('../test/netns', import.meta.url));
/** Inside the checkout, so that the bundle finds its packages. */
const BUNDLES = fileURLToPath(new URL('../node_modules/.cache/p2p-copy/netns', import.meta.url));
const MODULES = ['namespaces', 'plain-link', 'reason-to-skip', 'topologies'];

/** Returns the exports of these modules in one object. Who makes a network removes its namespaces. */
export async function loadNetns() {
  const bundle = await rolldown({
    input: Object.fromEntries(MODULES.map((name) => [name, path.join(NETNS, `${name}.ts`)])),
    external: ['vitest'],
    platform: 'node',
    // They find programs beside themselves.
    transform: { define: { 'import.meta.dirname': JSON.stringify(NETNS) } },
  });
  await bundle.write({ dir: BUNDLES, format: 'esm', entryFileNames: '[name].mjs' });
  const modules = await Promise.all(MODULES.map((name) => import(path.join(BUNDLES, `${name}.mjs`))));
  return Object.assign({}, ...modules);
}
