import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  cpaceConfirmation,
  cpaceGenerator,
  cpaceSessionKey,
  cpaceShare,
  cpaceSharedPoint,
  drawScalar,
} from '../../src/crypto/cpace.ts';
import { lengthValueCat, prependLength } from '../../src/crypto/length-value.ts';
import { randomBytes, utf8 } from '../../src/foundation/bytes.ts';

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/cpace-ristretto255-sha512.json', import.meta.url), 'utf8'),
);
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const scalarOf = (text: string) => BigInt(`0x${Buffer.from(text, 'hex').reverse().toString('hex')}`);

describe('the draft’s vectors', () => {
  const { exchange } = vectors;
  const inputs = { prs: hex(exchange.PRS), ci: hex(exchange.CI), sid: hex(exchange.sid) };

  it('encodes lengths', () => {
    for (const [input, output] of Object.entries<string>(vectors.prepend_len)) {
      expect(toHex(prependLength(hex(input)))).toBe(output);
    }
    expect(toHex(lengthValueCat(...vectors.lv_cat.inputs.map(hex))).toLowerCase()).toBe(
      vectors.lv_cat.output,
    );
    expect(prependLength(new Uint8Array(300)).subarray(0, 2)).toEqual(Uint8Array.of(0xac, 0x02));
  });

  it('derives the generator', () => {
    expect(toHex(cpaceGenerator(inputs).toBytes())).toBe(vectors.calculate_generator['encoded generator g']);
  });

  it('derives shares and the session key on both sides', () => {
    const [ya, yb] = [scalarOf(exchange.ya), scalarOf(exchange.yb)];
    const initiator = { share: cpaceShare(inputs, ya), ad: hex(exchange.ADa) };
    const responder = { share: cpaceShare(inputs, yb), ad: hex(exchange.ADb) };
    expect(toHex(initiator.share)).toBe(exchange.Ya);
    expect(toHex(responder.share)).toBe(exchange.Yb);
    for (const point of [cpaceSharedPoint(ya, responder.share), cpaceSharedPoint(yb, initiator.share)]) {
      expect(toHex(point)).toBe(exchange.K);
      expect(toHex(cpaceSessionKey(inputs.sid, point, initiator, responder))).toBe(exchange.ISK_IR);
    }
  });

  it('multiplies a valid share and refuses invalid ones', () => {
    const { Valid, ...invalid } = vectors.scalar_mult;
    const scalar = scalarOf(Valid.s);
    expect(toHex(cpaceSharedPoint(scalar, hex(Valid.X)))).toBe(Valid['G.scalar_mult_vfy(s,X)']);
    for (const share of Object.values<string>(invalid)) {
      expect(() => cpaceSharedPoint(scalar, hex(share))).toThrow(
        expect.objectContaining({ code: 'authentication-failed' }),
      );
    }
    expect(() => cpaceSharedPoint(scalar, new Uint8Array(31))).toThrow(
      expect.objectContaining({ code: 'authentication-failed' }),
    );
  });
});

describe('an exchange', () => {
  function run(senderPassword: string, receiverPassword: string) {
    const common = { ci: utf8('test'), sid: randomBytes(32) };
    const [a, b] = [drawScalar(), drawScalar()];
    const initiator = { share: cpaceShare({ ...common, prs: utf8(senderPassword) }, a), ad: utf8('A') };
    const responder = { share: cpaceShare({ ...common, prs: utf8(receiverPassword) }, b), ad: utf8('B') };
    return {
      sid: common.sid,
      initiator,
      responder,
      iskA: cpaceSessionKey(common.sid, cpaceSharedPoint(a, responder.share), initiator, responder),
      iskB: cpaceSessionKey(common.sid, cpaceSharedPoint(b, initiator.share), initiator, responder),
    };
  }

  it('confirms with equal passwords, and each end with a tag of its own', () => {
    const { sid, initiator, responder, iskA, iskB } = run('same', 'same');
    expect(iskA).toEqual(iskB);
    const ofReceiver = cpaceConfirmation('receiver', sid, iskB, responder, initiator);
    expect(cpaceConfirmation('receiver', sid, iskA, responder, initiator)).toEqual(ofReceiver);
    // A tag reflected to its maker proves nothing, whatever is taken for the other end's contribution.
    expect(cpaceConfirmation('sender', sid, iskA, initiator, responder)).not.toEqual(ofReceiver);
    expect(cpaceConfirmation('sender', sid, iskA, responder, initiator)).not.toEqual(ofReceiver);
    expect(cpaceConfirmation('sender', sid, iskA, responder, responder)).not.toEqual(
      cpaceConfirmation('receiver', sid, iskA, responder, responder),
    );
  });

  it('fails with unequal passwords', () => {
    const { sid, initiator, responder, iskA, iskB } = run('same', 'other');
    expect(cpaceConfirmation('receiver', sid, iskA, responder, initiator)).not.toEqual(
      cpaceConfirmation('receiver', sid, iskB, responder, initiator),
    );
  });
});
