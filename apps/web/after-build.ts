// A plugin that works on the built page, once all of it is written.
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** @param work called with the folder of the page, after all plugins that stand before it; not where the build failed */
export function afterBuild(name: string, work: (folder: string) => void): Plugin {
  let folder: string | null = null;
  return {
    name,
    apply: 'build',
    configResolved({ root, build }) {
      folder = join(root, build.outDir);
    },
    // Last of all: other plugins write files too, and those of public/ are there.
    closeBundle: {
      order: 'post',
      handler(error) {
        if (error === undefined && folder !== null) work(folder);
      },
    },
  };
}
