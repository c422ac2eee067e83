// The page in browsers of two namespaces, and beside terminals: in one home, and behind two NATs.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect as expectPage } from 'playwright/test';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { codeOf, run } from '../../apps/cli/test/system/cli-process.ts';
import * as steps from '../e2e/page-steps.ts';
import { writeRandomFile } from '../e2e/test-content.ts';
import { SOAK_MINUTES } from '../faults/effort.ts';
import { type BrowserName, openBrowser } from './browser-in-namespace.ts';
import { startRelay, startTransfer } from './command-in-namespace.ts';
import type { Namespace } from './namespace.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { type Network, oneHome, RELAY_URL, twoNats } from './topologies.ts';

const reason = reasonToSkip();
const MB = 1_000_000;
const BYTES = 60 * MB;
const TIMEOUT_MS = 240_000;
const STUN = ['--stun-port', '3478'];
/** What the relay passes is far below what the lines carry, as at a relay whose operator pays for traffic. */
const SPARING = ['--public-metrics', '--bytes-per-second-per-address', '800000'];

const DIRECT = 'Goes directly between the devices.';
const WITHIN = 'Goes directly, in your network.';
const BY_RELAY = /^Goes through 198\.19\.0\.1:8765, which can’t read it\.$/;

type EndName = BrowserName | 'terminal';

type Pair = [sends: EndName, receives: EndName];

/** Who sends to whom; the first one in `npm test`, all of them in `npm run soak`. */
const IN_ONE_HOME: Pair[] = [
  ['firefox', 'terminal'],
  ['chromium', 'chromium'],
  ['chromium', 'firefox'],
  ['firefox', 'chromium'],
  ['terminal', 'chromium'],
];
const BEHIND_NATS: Pair[] = [
  ['terminal', 'firefox'],
  ['chromium', 'chromium'],
  ['firefox', 'chromium'],
  ['chromium', 'terminal'],
];

function ofEffort(pairs: readonly Pair[]): readonly Pair[] {
  return SOAK_MINUTES > 0 ? pairs : pairs.slice(0, 1);
}

interface End {
  /** Null for a terminal. */
  page: Page | null;
  /** Resolves when this end says that all is there, and verified. */
  done(): Promise<void>;
}

async function openPage(name: BrowserName, namespace: Namespace): Promise<Page> {
  const context = await openBrowser(name, namespace);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(RELAY_URL);
  return page;
}

/** A new file, offered and accepted, between two ends; and whether it has come as it was. */
async function begin(network: Network, sends: EndName, receives: EndName, bytes = BYTES) {
  const folder = await scratchFolder();
  const source = join(folder, 'content');
  await writeRandomFile(source, bytes);
  const out = join(folder, 'out');
  mkdirSync(out);
  const sender = await send(sends, network.sender.namespace, source);
  const receiver = await receive(receives, network.receiver.namespace, sender.code, out);
  return {
    pages: [sender.page, receiver.page].filter((page) => page !== null),
    async expectWhole() {
      await Promise.all([sender.done(), receiver.done()]);
      const target = receiver.page === null ? join(out, 'content') : await save(receiver.page, out);
      expect(readFileSync(target).equals(readFileSync(source))).toBe(true);
    },
  };
}

async function send(name: EndName, namespace: Namespace, source: string): Promise<End & { code: string }> {
  if (name === 'terminal') {
    const command = run(['send', source, '--relay', RELAY_URL], { within: namespace.within });
    return { page: null, code: await codeOf(command), done: () => expectSuccess(command) };
  }
  const page = await openPage(name, namespace);
  await steps.chooseFiles(page, [source]);
  return { page, code: await steps.shownCode(page), done: () => steps.expectConfirmed(page) };
}

async function receive(name: EndName, namespace: Namespace, code: string, out: string): Promise<End> {
  if (name === 'terminal') {
    const args = ['receive', code, '--yes', '--out', out, '--relay', RELAY_URL];
    const command = run(args, { within: namespace.within });
    return { page: null, done: () => expectSuccess(command) };
  }
  const page = await openPage(name, namespace);
  await steps.enterCode(page, code);
  await steps.acceptIntoBrowser(page);
  return { page, done: () => steps.expectReceived(page) };
}

async function expectSuccess({ exitCode, stderr }: ReturnType<typeof run>): Promise<void> {
  expect(await exitCode, stderr).toBe(0);
}

function save(page: Page, out: string): Promise<string> {
  return steps.saveBy(page, 'Save to this device', join(out, 'saved'));
}

async function expectSaid(pages: readonly Page[], text: string | RegExp): Promise<void> {
  for (const page of pages) await expectPage(page.getByText(text)).toBeVisible({ timeout: 60_000 });
}

/** Bytes of messages that the relay has passed on. */
function passedBytes({ relay }: Network): number {
  const script = `fetch('${RELAY_URL}/metrics').then((answer) => answer.text()).then(console.log)`;
  const text = relay.execute(process.execPath, '-e', script);
  const counts = [...text.matchAll(/^p2p_copy_relay_bytes_total\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe.skipIf(reason !== null)(`browsers${reason === null ? '' : ` (${reason})`}`, () => {
  it.each(ofEffort(IN_ONE_HOME))(
    'in one home whose line is slow: %s sends to %s by the home’s own network',
    {
      timeout: TIMEOUT_MS,
    },
    async (sends, receives) => {
      const network = await oneHome({ bitsPerSecond: 5e6 });
      await startRelay(network);
      const transfer = await begin(network, sends, receives);
      await expectSaid(transfer.pages, BY_RELAY);
      await expectSaid(transfer.pages, WITHIN);
      await transfer.expectWhole();
      expect(network.homeBytes()).toBeGreaterThan(BYTES / 2);
      expect(network.relayBytes().toRelay).toBeLessThan(BYTES / 2);
    },
  );

  it.each(ofEffort(BEHIND_NATS))(
    'behind two NATs, with the relay’s STUN server: %s sends to %s past the relay',
    {
      timeout: TIMEOUT_MS,
    },
    async (sends, receives) => {
      const network = await twoNats();
      await startRelay(network, ...STUN, ...SPARING);
      const transfer = await begin(network, sends, receives);
      await expectSaid(transfer.pages, DIRECT);
      await transfer.expectWhole();
      expect(passedBytes(network)).toBeLessThan(BYTES / 2);
    },
  );

  it('behind two NATs without it go by way of the relay, and say so', { timeout: TIMEOUT_MS }, async () => {
    const network = await twoNats();
    await startRelay(network, '--public-metrics');
    const bytes = BYTES / 3;
    const transfer = await begin(network, 'chromium', 'chromium', bytes);
    await expectSaid(transfer.pages, BY_RELAY);
    await transfer.expectWhole();
    expect(passedBytes(network)).toBeGreaterThan(bytes);
  });

  it('aren’t needed: two terminals behind two NATs go past the relay too', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const network = await twoNats();
    await startRelay(network, ...STUN, ...SPARING);
    const transfer = await startTransfer(network, { bytes: BYTES });
    const ended = await transfer.exitCodes();
    expect(ended, transfer.sender.stderr + transfer.receiver.stderr).toEqual([0, 0]);
    expect(readFileSync(transfer.target).equals(readFileSync(transfer.source))).toBe(true);
    expect(transfer.receiver.events).toContainEqual({ event: 'path', path: 'webrtc', isLocal: false });
    expect(passedBytes(network)).toBeLessThan(BYTES / 2);
  });
});
