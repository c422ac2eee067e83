// Who is blocked: networks of both kinds, however an address is written; and a file of them that changes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { BlockList, isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockedNetworks, followBlockFile } from '../../src/limits/blocked-networks.ts';
import { isNetwork, NetworkSet } from '../../src/limits/network-set.ts';
import { FakeClock } from '../fake-clock.ts';

describe('a set of networks', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.99/24', '203.0.113.0', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.0/24', '::ffff:203.0.113.5', true],
    ['203.0.113.0/24', '::ffff:cb00:7105', true],
    ['203.0.113.0/24', '64:ff9b::cb00:7105', true],
    ['::ffff:203.0.113.0/120', '203.0.113.5', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:DB8:0:0::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['::/1', '203.0.113.5', true],
    ['128.0.0.0/1', '8000::1', false],
    ['203.0.113.0/24', 'unix', false],
    ['203.0.113.0/24', '', false],
  ])('%s has %s: %s', (network, ip, isIn) => {
    expect(new NetworkSet([network]).has(ip)).toBe(isIn);
  });

  it.each([
    '',
    '203.0.113',
    '203.0.113.0/33',
    '0.0.0.0/0',
    '::/0',
    '2001:db8::/129',
    '1.2.3.4/8/8',
    'example.org',
  ])('takes no %j', (text) => expect(isNetwork(text)).toBe(false));

  it('says the same as the list of Node, which takes longer the more it holds', () => {
    const v4 = fc.ipV4().chain((ip) => fc.integer({ min: 1, max: 32 }).map((bits) => `${ip}/${bits}`));
    const v6 = fc.ipV6().chain((ip) => fc.integer({ min: 1, max: 128 }).map((bits) => `${ip}/${bits}`));
    const ip = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(fc.array(fc.oneof(v4, v6)), fc.array(ip), (networks, ips) => {
        const list = new BlockList();
        for (const network of networks) {
          const [address, bits] = network.split('/') as [string, string];
          list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
        }
        const set = new NetworkSet(networks);
        for (const each of ips) {
          const [family, embedded] = isIPv6(each) ? ['ipv6', /^0*:*(64:ff9b|::ffff|0:0)/] : ['ipv4', /^$/];
          // What Node makes of embedded and mapped addresses is another question.
          if (family === 'ipv6' && (embedded as RegExp).test(each)) continue;
          if (family === 'ipv4' && networks.some((network) => isIPv6(network.split('/')[0]!))) continue;
          expect(set.has(each)).toBe(list.check(each, family as 'ipv4' | 'ipv6'));
        }
      }),
    );
  });
});

describe('a block file', () => {
  let folder = '';
  let file = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-block-'));
    file = path.join(folder, 'block.txt');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('adds to what the settings list, with remarks and empty lines', async () => {
    await writeFile(file, '# spam\r\n203.0.113.0/24 # a network\n\n  2001:db8::1\n');
    const blocked = new BlockedNetworks({ block: ['192.0.2.1'], blockFile: file });
    await blocked.read();
    const asked = ['203.0.113.9', '2001:db8::1', '192.0.2.1', '192.0.2.2'];
    expect(asked.map((ip) => blocked.has(ip))).toEqual([true, true, true, false]);
  });

  it('is refused by file and line, and what it held before stays in force', async () => {
    await writeFile(file, '203.0.113.0/24\n');
    const blocked = new BlockedNetworks({ block: [], blockFile: file });
    await blocked.read();
    await writeFile(file, '192.0.2.1\nexample.org\n');
    await expect(blocked.read()).rejects.toThrow(
      `The block file ${file} can't be used: line 2 is "example.org", which is no IP address`,
    );
    await rm(file);
    await expect(blocked.read()).rejects.toThrow('there is no such file');
    expect([blocked.has('203.0.113.1'), blocked.has('192.0.2.1')]).toEqual([true, false]);
  });

  it('is read again when it changes and when it is asked for, and warns once while it can’t be used', async () => {
    await writeFile(file, '');
    const clock = new FakeClock();
    const heard: string[] = [];
    const log = {
      info: (_fields: object, message: string) => void heard.push(message),
      warn: (_fields: object, message: string) => void heard.push(message),
    };
    const blocked = new BlockedNetworks({ block: [], blockFile: file });
    await blocked.read();
    let changes = 0;
    const follower = followBlockFile(blocked, { clock, log, onChanged: () => (changes += 1) });
    const look = async (action: () => void) => {
      action();
      while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    };
    const wait = () => look(() => clock.advance(5_000));
    await wait();
    expect([changes, heard]).toEqual([0, []]);
    await writeFile(file, '203.0.113.0/24');
    await wait();
    expect([changes, blocked.has('203.0.113.1')]).toEqual([1, true]);
    await writeFile(file, 'nonsense');
    await wait();
    await wait();
    expect([changes, blocked.has('203.0.113.1')]).toEqual([1, true]);
    await writeFile(file, '192.0.2.1');
    await look(() => void follower.look());
    expect([changes, blocked.has('203.0.113.1'), blocked.has('192.0.2.1')]).toEqual([2, false, true]);
    expect(heard).toEqual([
      'the block file has changed',
      'the block file is not usable, what it held stays in force',
      'the block file has changed',
    ]);
    follower.stop();
    expect(clock.pending).toBe(0);
  });
});
