// A relay in the middle that knows the code tries to make both ends show equal words. Of the four it goes for the first,
// so that a test can count how often it gets there.
import { createHash } from 'node:crypto';
import { expect, it, onTestFinished, vi } from 'vitest';
import { shareCommitment } from '../../src/crypto/commitment.ts';
import { drawScalar } from '../../src/crypto/cpace.ts';
import { exchangeShares } from '../../src/link/handshake.ts';
import { channelPair } from '../link/channel-pair.ts';
import { firstWordOf, Side } from './grinding-relay.ts';

const PRS = new Uint8Array(32).fill(3);
const [SHARE, COMMITMENT] = [2, 5];
const WORDS = 2048;

/** Both ends and the relay draw the same each time. */
function seedRandomness(): void {
  let count = 0;
  const spy = vi.spyOn(crypto, 'getRandomValues').mockImplementation((into) => {
    const bytes = into as unknown as Uint8Array;
    for (let at = 0; at < bytes.length; at += 32) {
      const block = createHash('sha256').update(`seed ${count++}`).digest();
      bytes.set(block.subarray(0, Math.min(32, bytes.length - at)), at);
    }
    return into;
  });
  onTestFinished(() => spy.mockRestore());
}

/** Both ends, and the relay’s side towards each. */
async function meet(purpose: string) {
  const [sender, ofSender] = channelPair();
  const [receiver, ofReceiver] = channelPair();
  const common = { purpose, key: '7', prs: PRS, lanes: 1 };
  const ends = Promise.all([
    exchangeShares(sender, { role: 'sender', ...common }),
    exchangeShares(receiver, { role: 'receiver', ...common }),
  ]);
  ends.catch(() => {});
  const [toSender, toReceiver] = [new Side(ofSender, 'receiver'), new Side(ofReceiver, 'sender')];
  await Promise.all([toSender, toReceiver].map((side) => side.greet(purpose, '7', PRS)));
  const words = async () => (await ends).map(({ sessionKey }) => firstWordOf(sessionKey));
  return { toSender, toReceiver, words };
}

it('it does where no end is bound to its share: this is what the commitment is for', async () => {
  seedRandomness();
  const { toSender, toReceiver, words } = await meet('lane 1');
  const ofSender = await toSender.hear(SHARE);
  const ofReceiver = await toReceiver.hear(SHARE);
  const scalar = drawScalar();
  toReceiver.say(SHARE, toReceiver.share(scalar));
  const target = firstWordOf(toReceiver.sessionKey(scalar, ofReceiver));
  const ground = toSender.grind(ofSender, target, 20 * WORDS);
  toSender.say(SHARE, ground!);
  const [shownBySender, shownByReceiver] = await words();
  expect(shownBySender).toBe(shownByReceiver);
}, 60_000);

it('it has one try with the commitment, whichever end it finishes with first', async () => {
  seedRandomness();
  const tries = 150;
  let equal = 0;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { toSender, toReceiver, words } = await meet('code');
    // By now it knows neither share, and has to name its own: to one end the share, to the other a commitment to it.
    await toSender.hear(COMMITMENT);
    const [mine, theirs] = [drawScalar(), drawScalar()];
    const showToReceiver = async () => {
      toReceiver.say(COMMITMENT, await shareCommitment(toReceiver.sid!, toReceiver.share(theirs)));
      await toReceiver.hear(SHARE);
      toReceiver.say(SHARE, toReceiver.share(theirs));
    };
    if (attempt % 2 === 0) await showToReceiver();
    toSender.say(SHARE, toSender.share(mine));
    await toSender.hear(SHARE);
    if (attempt % 2 === 1) await showToReceiver();
    const [shownBySender, shownByReceiver] = await words();
    if (shownBySender === shownByReceiver) equal += 1;
  }
  // 0.07 are expected; three or more come in one of sixteen thousand runs, and the seed makes them all the same.
  expect(equal).toBeLessThan(3);
}, 60_000);

it('it can’t use what it has seen since: a share that it ground out is refused', async () => {
  seedRandomness();
  const { toSender, toReceiver, words } = await meet('code');
  await toSender.hear(COMMITMENT);
  const scalar = drawScalar();
  toSender.say(SHARE, toSender.share(scalar));
  const target = firstWordOf(toSender.sessionKey(scalar, await toSender.hear(SHARE)));
  toReceiver.say(COMMITMENT, await shareCommitment(toReceiver.sid!, toReceiver.share(scalar)));
  const ground = toReceiver.grind(await toReceiver.hear(SHARE), target, 20 * WORDS);
  toReceiver.say(SHARE, ground!);
  await expect(words()).rejects.toMatchObject({ code: 'authentication-failed' });
}, 60_000);
