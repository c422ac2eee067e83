// Builds the page into dist/, served by apps/relay under a content security policy without inline script or style.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { compressedCopies } from './compressed-copies.ts';
import { integrityManifest } from './integrity-manifest.ts';
import { offlineShell } from './offline-shell.ts';
import { retriableImports } from './retriable-imports.ts';

export default defineConfig({
  // Relative, so that the same files work at any path below which a proxy puts them.
  base: './',
  plugins: [
    svelte(),
    trustedAddresses(),
    retriableImports(),
    offlineShell(),
    integrityManifest(),
    compressedCopies(),
  ],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    // Imports that come later have nothing to preload: all styles, and all that they share, come with the page.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_file, dependencies, { hostType }) => (hostType === 'html' ? dependencies : []),
    },
    cssCodeSplit: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: 'index.html', 'service-worker': 'src/offline/service-worker.ts' },
      output: {
        // Browsers know a service worker by its address.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [withoutAsmZstd(), retriableImports()],
    rolldownOptions: {
      output: {
        // The relay knows the engine by this name: zstd-codec needs 'unsafe-eval' in its worker, and nowhere else.
        entryFileNames: 'assets/engine-[hash].js',
        chunkFileNames: 'assets/engine-[name]-[hash].js',
        assetFileNames: 'assets/engine-[name]-[hash][extname]',
      },
    },
  },
});

/** Puts trusted-addresses.ts before the page's own script. */
function trustedAddresses(): Plugin {
  const attrs = { type: 'module', src: '/trusted-addresses.ts' };
  return {
    name: 'trusted-addresses',
    transformIndexHtml: {
      order: 'pre',
      handler: () => [{ tag: 'script', attrs, injectTo: 'head-prepend' }],
    },
  };
}

/**
 * Leaves out what zstd-codec carries for places that this isn't: its fallback for browsers without WebAssembly, 1.3 MB,
 * and Node's modules.
 */
function withoutAsmZstd(): Plugin {
  const absent = '\0absent-in-browsers.cjs';
  const leftOut = new Set(['./zstd-codec-binding.js', 'fs', 'path', 'crypto']);
  return {
    name: 'without-asm-zstd',
    enforce: 'pre',
    resolveId: (source, importer) =>
      leftOut.has(source) && importer?.includes('zstd-codec') ? absent : null,
    load: (id) =>
      id === absent ? 'module.exports = () => { throw new Error("zstd needs WebAssembly"); };' : null,
  };
}
