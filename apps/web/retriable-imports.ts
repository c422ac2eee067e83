// Gives each `import()` of the build an address that changes once one has failed: browsers keep a failed import for the life of the
// page, so another attempt at the same address fails without asking (Firefox, and Chromium for long). src/loading/module-loader.ts.
import type { Plugin } from 'vite';

const IMPORT = /\bimport\((["'`])(\.\/[^"'`$]+\.js)\1\)/g;
const QUERY = '(globalThis.failedImports?"?"+globalThis.failedImports:"")';

export function retriableImports(): Plugin {
  return {
    name: 'retriable-imports',
    apply: 'build',
    // Before names are made of contents.
    renderChunk: (code) => (code.search(IMPORT) === -1 ? null : { code: withQueries(code), map: null }),
  };
}

function withQueries(code: string): string {
  return code.replace(IMPORT, (_all, quote, path) => `import(${quote}${path}${quote}+${QUERY})`);
}
