// Finds the browsers that the tests drive.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NAMES = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  firefox: ['firefox-esr', 'firefox'],
};

/** Its path. Throws when there is none on PATH. */
export function findBrowser(kind: keyof typeof NAMES): string {
  for (const name of NAMES[kind]) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      const candidate = path.join(folder, name);
      if (isExecutable(candidate)) return candidate;
    }
  }
  throw new Error(`The browser tests need one of ${NAMES[kind].join(', ')} on PATH.`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
