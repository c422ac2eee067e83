// The relay's STUN server before real browsers, each behind a NAT of its own: what they ask is what they hear, and with it
// they reach each other. The offers are carried by the test.
import type { BrowserContext, Page } from 'playwright';
import { describe, expect, it } from 'vitest';
import { type BrowserName, openBrowser } from './browser-in-namespace.ts';
import { startRelay } from './command-in-namespace.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { RELAY_HOST, RELAY_URL, twoNats } from './topologies.ts';

const reason = reasonToSkip();
const STUN_PORT = 3478;
const STUN_URL = `stun:${RELAY_HOST}:${STUN_PORT}`;
/** Of gathering, and of a connection that won't come. */
const PATIENCE_MS = 10_000;

/** What the page keeps between two calls. */
interface Kept {
  connection: RTCPeerConnection;
  opened: Promise<string>;
}
declare const window: Kept;

/** A connection of the page, with its offer, or its answer to `offer`, and all candidates. */
async function describeIn(page: Page, stunUrl: string | null, offer: string | null): Promise<string> {
  return page.evaluate(
    async ({ stunUrl, offer, patienceMs }) => {
      const connection = new RTCPeerConnection({ iceServers: stunUrl === null ? [] : [{ urls: stunUrl }] });
      window.connection = connection;
      const channel = connection.createDataChannel('', { negotiated: true, id: 0 });
      window.opened = new Promise((resolve) => {
        channel.onmessage = ({ data }) => resolve(data);
        channel.onopen = () => channel.send('hello');
        setTimeout(() => resolve('nothing'), patienceMs);
      });
      if (offer !== null) await connection.setRemoteDescription({ type: 'offer', sdp: offer });
      const gathered = new Promise<void>((resolve) => {
        connection.onicegatheringstatechange = () => {
          if (connection.iceGatheringState === 'complete') resolve();
        };
      });
      await connection.setLocalDescription();
      await gathered;
      return connection.localDescription!.sdp;
    },
    { stunUrl, offer, patienceMs: PATIENCE_MS },
  );
}

/** What each end hears from the other by a data channel. */
async function meet(one: Page, other: Page, stunUrl: string | null): Promise<string[]> {
  const offer = await describeIn(one, stunUrl, null);
  const answer = await describeIn(other, stunUrl, offer);
  await one.evaluate((sdp) => window.connection.setRemoteDescription({ type: 'answer', sdp }), answer);
  return Promise.all([one, other].map((page) => page.evaluate(() => window.opened)));
}

/** Addresses of the candidates that a STUN server told. */
function reflexiveIn(sdp: string): string[] {
  return [...sdp.matchAll(/candidate:\S+ 1 udp \d+ (\S+) \d+ typ srflx/gi)].map(([, address]) => address!);
}

async function pageOf(context: BrowserContext): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(RELAY_URL);
  return page;
}

describe.skipIf(reason !== null)(`a relay’s STUN server${reason === null ? '' : ` (${reason})`}`, () => {
  it.each<[BrowserName, BrowserName]>([
    ['chromium', 'chromium'],
    ['chromium', 'firefox'],
  ])(
    'leads %s and %s, each behind a NAT, to each other, and without it they don’t meet',
    {
      timeout: 120_000,
    },
    async (...names) => {
      const network = await twoNats();
      await startRelay(network, '--stun-port', String(STUN_PORT));
      const contexts = [
        await openBrowser(names[0], network.sender.namespace),
        await openBrowser(names[1], network.receiver.namespace),
      ];
      const [one, other] = (await Promise.all(contexts.map(pageOf))) as [Page, Page];
      expect(reflexiveIn(await describeIn(one, STUN_URL, null))).toEqual(['45.45.0.2']);
      expect(reflexiveIn(await describeIn(other, STUN_URL, null))).toEqual(['45.45.1.2']);
      expect(await meet(one, other, null)).toEqual(['nothing', 'nothing']);
      expect(await meet(one, other, STUN_URL)).toEqual(['hello', 'hello']);
    },
  );
});
