// `npm run docs`: the library's documentation from its docblocks, as pages in docs/api.
import { withPrepared } from './prepare.mjs';
import { nodeCommand, runAttached } from './run-step.mjs';

await withPrepared(async () => {
  process.exitCode = await runAttached(nodeCommand('node_modules/typedoc/bin/typedoc'));
});
