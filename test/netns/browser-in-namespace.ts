// A browser whose network is that of a namespace, driven from outside of it.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, firefox } from 'playwright';
import { onTestFinished } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { findBrowser } from '../e2e/find-browser.ts';
import { noteDownloads } from '../e2e/with-browser.ts';
import type { Namespace } from './namespace.ts';
import { RELAY_HOST, RELAY_URL } from './topologies.ts';

export type BrowserName = 'chromium' | 'firefox';

const FIREFOX = fileURLToPath(new URL('firefox-in-namespace.mjs', import.meta.url));

/** Its only window, for as long as the test runs. The relay's page may do there by http what it may do by https. */
export async function openBrowser(name: BrowserName, namespace: Namespace): Promise<BrowserContext> {
  const folder = await scratchFolder();
  const [profile, downloadsPath, program] = ['profile', 'downloads', 'browser'].map((each) =>
    join(folder, each),
  );
  mkdirSync(downloadsPath!);
  const context = await (name === 'chromium' ? openChromium : openFirefox)(namespace, profile!, {
    executablePath: program!,
    downloadsPath: downloadsPath!,
  });
  noteDownloads(context, downloadsPath!);
  onTestFinished(() => context.close());
  return context;
}

interface Places {
  executablePath: string;
  downloadsPath: string;
}

/** It is driven by pipes. */
function openChromium(namespace: Namespace, profile: string, places: Places): Promise<BrowserContext> {
  writeProgram(places.executablePath, [...namespace.within, findBrowser('chromium')]);
  return chromium.launchPersistentContext(profile, {
    ...places,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      `--unsafely-treat-insecure-origin-as-secure=${RELAY_URL}`,
    ],
  });
}

function openFirefox(namespace: Namespace, profile: string, places: Places): Promise<BrowserContext> {
  writeProgram(places.executablePath, [process.execPath, FIREFOX, namespace.name, findBrowser('firefox')]);
  return firefox.launchPersistentContext(profile, {
    ...places,
    channel: 'moz-firefox',
    firefoxUserPrefs: { 'dom.securecontext.allowlist': RELAY_HOST },
  });
}

/** A program that is another command. */
function writeProgram(path: string, command: readonly string[]): void {
  writeFileSync(path, `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  chmodSync(path, 0o755);
}
