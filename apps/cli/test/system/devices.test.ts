// One's own devices as processes over a real relay: paired, seen, sent to, removed.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DeviceKey, deviceKeyOf, OwnGroup } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { newDevice, type OwnDevice } from '../../src/state/devices/device-file.ts';
import { DeviceStore } from '../../src/state/devices/device-store.ts';
import {
  kept,
  pairDevices,
  relayForTest,
  scratchFolder,
  type TestDevice,
  testDevice,
} from './devices-story.ts';
import { hasScript } from './has-script.ts';

interface Listed {
  name: string;
  key: string;
  isOwn: boolean;
  isThere: boolean;
  addedBy: string | null;
}

async function listOf(device: TestDevice): Promise<Listed[]> {
  const { events } = await device.ends(['devices', '--json']);
  return events.find(({ event }) => event === 'devices')!.devices as Listed[];
}

async function receiving(device: TestDevice, out: string, ...more: string[]) {
  const process = device.run(['receive', '--from', 'any', '--yes', '--json', '--out', out, ...more]);
  await process.tells('waiting');
  return process;
}

/** A file in a device's folder. */
function fileOf({ folder }: TestDevice, bytes: number): Buffer {
  const content = randomBytes(bytes);
  writeFileSync(join(folder, 'photo.jpg'), content);
  return content;
}

describe('devices of one person', () => {
  it('pair by a code and compared words, see each other, and send without a code', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    const words = await pairDevices(laptop, server, url);
    expect(words).toHaveLength(4);
    expect(statSync(join(laptop.folder, 'devices.json')).mode & 0o777).toBe(0o600);
    const out = scratchFolder();
    const receiver = await receiving(server, out);
    expect((await listOf(laptop)).map(({ name, isThere }) => [name, isThere])).toEqual([
      ['Laptop', true],
      ['Server', true],
    ]);
    const content = fileOf(laptop, 3_000_000);
    const sent = await laptop.ends(['send', 'photo.jpg', '--to', 'server', '--json']);
    expect([sent.exitCode, await receiver.exitCode]).toEqual([0, 0]);
    expect(readFileSync(join(out, 'photo.jpg')).equals(content)).toBe(true);
    // It was the last that it took: nobody is there any more.
    const again = await laptop.ends(['send', 'photo.jpg', '--to', 'Server']);
    expect(again.exitCode).toBe(3);
    expect(again.stderr).toMatch(
      /“Server” is not there at the moment\.\nRun p2p-copy receive --from any there/,
    );
  });

  it('a third one that one of them adds is known to the other, added by that one; removed it learns so and is refused', async () => {
    const { url } = await relayForTest();
    const [laptop, server, phone] = [testDevice('Laptop'), testDevice('Server'), testDevice('Phone')];
    await pairDevices(laptop, server, url);
    await pairDevices(server, phone, url);
    const watching = server.run(['devices', '--watch', '--json']);
    await watching.tells('devices');
    const [, listedPhone] = await listOf(laptop);
    expect(listedPhone).toMatchObject({ name: 'Phone', addedBy: 'Server' });

    const phoneWatching = phone.run(['devices', '--watch']);
    await phoneWatching.says(/Server/);
    const unpaired = await laptop.ends(['unpair', 'phone', '--yes']);
    expect([unpaired.exitCode, unpaired.stderr]).toEqual([0, expect.stringContaining('It was told so.')]);
    expect(await phoneWatching.exitCode).not.toBe(0);
    expect(phoneWatching.stderr).toMatch(/This device was removed from its group/);
    await watching.until(
      () =>
        watching.events.find(
          ({ event, devices }) => event === 'devices' && (devices as unknown[]).length === 2,
        ) ?? null,
      'list without the phone',
    );
    fileOf(phone, 10);
    fileOf(laptop, 10);
    const byPhone = await phone.ends(['send', 'photo.jpg', '--to', 'Laptop']);
    expect([byPhone.exitCode, byPhone.stderr]).toEqual([
      2,
      expect.stringContaining('was removed from its group'),
    ]);
    const toPhone = await laptop.ends(['send', 'photo.jpg', '--to', 'Phone']);
    expect([toPhone.exitCode, toPhone.stderr]).toEqual([
      2,
      expect.stringContaining('There is no device called “Phone”'),
    ]);
    // And it can be paired anew.
    await pairDevices(laptop, phone, url);
    expect((await listOf(phone)).map(({ name }) => name)).toEqual(['Phone', 'Laptop', 'Server']);
  });

  it('one that was away when another was removed learns so when it meets who knows', async () => {
    const { url } = await relayForTest();
    const [laptop, server, phone] = [testDevice('Laptop'), testDevice('Server'), testDevice('Phone')];
    await pairDevices(laptop, server, url);
    await pairDevices(laptop, phone, url);
    await laptop.ends(['unpair', 'Phone', '--yes']);
    const out = scratchFolder();
    // It never was in the room where the laptop is by now.
    const receiver = await receiving(server, out);
    const content = fileOf(laptop, 1000);
    const sent = await laptop.ends(['send', 'photo.jpg', '--to', 'Server']);
    expect([sent.exitCode, await receiver.exitCode, sent.stderr]).toEqual([0, 0, expect.anything()]);
    expect(readFileSync(join(out, 'photo.jpg')).equals(content)).toBe(true);
    expect((await listOf(server)).map(({ name }) => name)).toEqual(['Server', 'Laptop']);
    // Who was removed and wasn't there sees nobody of them.
    const watching = await receiving(server, out);
    expect((await listOf(phone)).map(({ isOwn, isThere }) => isOwn || !isThere)).not.toContain(false);
    watching.kill('SIGTERM');
  });

  it('a transfer goes on by its note after its receiver was killed, without a code', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    await pairDevices(laptop, server, url);
    const out = scratchFolder();
    const receiver = await receiving(server, out);
    const content = fileOf(laptop, 4_000_000);
    const sender = laptop.run([
      'send',
      'photo.jpg',
      '--to',
      'Server',
      '--json',
      '--limit-rate',
      '1M',
      '--path',
      'relay',
    ]);
    await receiver.until(
      () =>
        receiver.events.find(({ event, bytes }) => event === 'progress' && Number(bytes) > 500_000) ?? null,
      'progress',
    );
    receiver.kill('SIGKILL');
    await receiver.exitCode;
    const resumed = await server.ends(['resume', '--json']);
    expect([resumed.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(readFileSync(join(out, 'photo.jpg')).equals(content)).toBe(true);
  });

  it('a transfer that runs with a device ends when another one removes that, and can not go on', async () => {
    const { url } = await relayForTest();
    const [laptop, server, phone] = [testDevice('Laptop'), testDevice('Server'), testDevice('Phone')];
    await pairDevices(laptop, server, url);
    await pairDevices(laptop, phone, url);
    const out = scratchFolder();
    const receiver = await receiving(phone, out);
    fileOf(laptop, 4_000_000);
    const slowly = ['--limit-rate', '200k', '--path', 'relay', '--json'];
    const sender = laptop.run(['send', 'photo.jpg', '--to', 'Phone', ...slowly]);
    await receiver.tells('progress');
    // It hears of nothing by itself, as one that was stolen may pretend.
    receiver.kill('SIGSTOP');
    await listOf(server);
    const removing = server.run(['unpair', 'Phone', '--yes', '--json']);
    await removing.tells('unpaired');
    expect(await sender.exitCode).toBe(3);
    expect(await sender.tells('error')).toMatchObject({ code: 'not-in-group' });
    expect(readdirSync(join(laptop.folder, 'transfers'))).toEqual([]);
    expect(existsSync(join(out, 'photo.jpg'))).toBe(false);
    receiver.kill('SIGKILL');
    removing.kill('SIGKILL');
  });

  it('come and go as they are there, also stopped without a word, and are back by themselves after a restart of the relay', async () => {
    const relay = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    await pairDevices(laptop, server, relay.url);
    const watching = laptop.run(['devices', '--watch', '--json']);
    await watching.tells('devices');
    const receiver = await receiving(server, scratchFolder());
    await watching.tells('there');
    const { port } = new URL(relay.url);
    await relay.close();
    await watching.tells('gone');
    await relayForTest(Number(port));
    await watching.until(
      () => (watching.events.filter(({ event }) => event === 'there').length >= 2 ? true : null),
      'there again',
    );
    receiver.kill('SIGSTOP');
    await watching.until(
      () => (watching.events.filter(({ event }) => event === 'gone').length >= 2 ? true : null),
      'gone though it said nothing',
    );
    receiver.kill('SIGKILL');
  });

  it('a clock that is off by a year keeps nobody away', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    await pairDevices(laptop, server, url);
    const shifted = join(import.meta.dirname, 'clock-off-by-a-year.cjs');
    const set = { NODE_OPTIONS: `--require ${shifted}`, P2P_COPY_STATE: server.folder };
    const out = scratchFolder();
    const receiver = server.run(['receive', '--from', 'Laptop', '--yes', '--json', '--out', out], { set });
    await receiver.tells('waiting');
    fileOf(laptop, 1000);
    const { exitCode } = await laptop.ends(['send', 'photo.jpg', '--to', 'Server']);
    expect([exitCode, await receiver.exitCode]).toEqual([0, 0]);
    expect(existsSync(join(out, 'photo.jpg'))).toBe(true);
  });
});

describe('a pairing', () => {
  it('by a wrong code voids the code, and the right one of the next code still pairs', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    const showing = laptop.run(['pair', '--relay', url, '--json', '--yes']);
    const code = String((await showing.tells('code')).code);
    const [number] = code.split('-');
    const wrong = await server.ends(['pair', `${number}-zebra-zebra-zebra-zebra`, '--relay', url]);
    expect(wrong.exitCode).toBe(4);
    await showing.tells('code-burned');
    const next = await showing.until(
      () => showing.events.filter(({ event }) => event === 'code')[1] ?? null,
      'the next code',
    );
    // A word more for each guess.
    expect(String(next.code).split('-')).toHaveLength(6);
    const right = await server.ends(['pair', String(next.code), '--relay', url, '--yes']);
    expect([right.exitCode, await showing.exitCode]).toEqual([0, 0]);
  });

  it('whose words differ at either side keeps nothing at both', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    const showing = laptop.run(['pair', '--relay', url, '--json', '--yes']);
    const { code } = await showing.tells('code');
    const entering = await server.ends([
      'pair',
      String(code),
      '--relay',
      url,
      '--verify',
      'one two three four',
    ]);
    expect(entering.exitCode).toBe(4);
    expect(entering.stderr).toMatch(/words on the two devices were not the same/);
    expect(await showing.exitCode).toBe(3);
    expect((await showing.tells('error')).code).toBe('declined');
    expect([kept(laptop).group, kept(server).group]).toEqual([null, null]);
  });

  it('that nobody confirms, since standard input ends, keeps nothing', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    const showing = laptop.run(['pair', '--relay', url, '--json', '--yes']);
    const { code } = await showing.tells('code');
    const entering = await server.ends(['pair', String(code), '--relay', url]);
    expect([entering.exitCode, entering.stderr]).toEqual([
      4,
      expect.stringContaining('Nobody compared the words'),
    ]);
    await showing.exitCode;
    expect(kept(laptop).group).toBe(null);
  });
});

describe('who is not of the group', () => {
  it('sees none of its devices at the same relay, and is seen by none', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    const [stranger, friend] = [testDevice('Stranger'), testDevice('Friend')];
    await pairDevices(laptop, server, url);
    await pairDevices(stranger, friend, url);
    await receiving(server, scratchFolder());
    const seen = await listOf(stranger);
    expect(seen.map(({ name, isThere }) => [name, isThere])).toEqual([
      ['Stranger', true],
      ['Friend', false],
    ]);
    // Two groups never become one.
    const showing = laptop.run(['pair', '--relay', url, '--json', '--yes']);
    const { code } = await showing.tells('code');
    const entering = await stranger.ends(['pair', String(code), '--relay', url, '--yes']);
    expect([entering.exitCode, entering.stderr]).toEqual([4, expect.stringContaining('unpair --this')]);
    expect((await listOf(laptop)).map(({ name }) => name)).toEqual(['Laptop', 'Server']);
  });

  it('a device that is there and receives nothing refuses what is sent, and nobody is asked without a terminal', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    await pairDevices(laptop, server, url);
    fileOf(laptop, 10);
    const unasked = await server.ends(['receive', '--from', 'any']);
    expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringContaining('Add --yes')]);
    const watching = server.run(['devices', '--watch', '--json']);
    await watching.tells('devices');
    const sent = await laptop.ends(['send', 'photo.jpg', '--to', 'Server']);
    expect([sent.exitCode, sent.stderr]).toEqual([3, expect.stringContaining('nothing on it receives')]);
  });
});

describe('two lists of the devices', () => {
  it('have nothing taken unasked, and both sides are told so', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    const [own, other] = [laptop, server].map(({ name }, i) =>
      newDevice(new Uint8Array(32).fill(i + 1), name),
    ) as [OwnDevice, OwnDevice];
    const [key, otherKey] = [own, other].map(({ seed }) => deviceKeyOf(seed)) as [DeviceKey, DeviceKey];
    const add = (number: number, name: string) => {
      const { publicKey } = deviceKeyOf(new Uint8Array(32).fill(number));
      return { publicKey, deviceClass: 'full', name } as const;
    };
    const group = await OwnGroup.found(key, 'Laptop');
    await group.add(key, add(2, 'Server'));
    const theirs = OwnGroup.joined(otherKey.publicKey, group.chain, group.present!);
    theirs.notePaired(key.publicKey);
    await group.add(key, add(3, 'Phone'));
    await theirs.add(otherKey, add(4, 'Stranger'));
    await new DeviceStore(laptop.folder).update(async () => ({ ...own, group, relay: url }));
    await new DeviceStore(server.folder).update(async () => ({ ...other, group: theirs, relay: url }));
    const out = scratchFolder();
    const receiver = await receiving(laptop, out);
    fileOf(server, 1000);
    const sent = await server.ends(['send', 'photo.jpg', '--to', 'Laptop', '--json']);
    expect(sent.exitCode).toBe(3);
    expect(sent.events.map(({ event }) => event)).toContain('fork');
    expect(await receiver.tells('fork')).toMatchObject({ name: 'Server' });
    expect(readdirSync(out)).toEqual([]);
    receiver.kill('SIGTERM');
  });

  it('are told of, and the one that its person says is right is kept', async () => {
    const device = testDevice('Laptop');
    const own = newDevice(new Uint8Array(32).fill(1), 'Laptop');
    const [key, other] = [own.seed, new Uint8Array(32).fill(2)].map(deviceKeyOf);
    const group = await OwnGroup.found(key!, 'Laptop');
    const add = (number: number, name: string) => {
      const { publicKey } = deviceKeyOf(new Uint8Array(32).fill(number));
      return { publicKey, deviceClass: 'full', name } as const;
    };
    await group.add(key!, add(2, 'Server'));
    const theirs = await group.chain.add(other!, add(4, 'Tablet'));
    await group.add(key!, add(3, 'Phone'));
    group.take(theirs);
    const store = new DeviceStore(device.folder);
    await store.update(async () => ({ ...own, group, relay: (await relayForTest()).url }));
    const listed = await device.ends(['devices']);
    expect([listed.exitCode, listed.stderr]).toEqual([0, expect.stringMatching(/“Server” has another list/)]);
    expect((await device.ends(['devices', 'settle', 'theirs'])).stdout).toMatch(/Server.*Tablet/s);
    expect((await listOf(device)).map(({ name }) => name)).toEqual(['Laptop', 'Server', 'Tablet']);
  });
});

describe('the file of a device', () => {
  it.each([
    ['of a newer version', '{"version":2}', /newer version/],
    ['that is damaged', '{"version":1,"seed":"x"}', /is damaged/],
    ['that was cut', '{"versi', /is damaged/],
  ])('%s is refused by each command, and left as it is', async (_what, text, sentence) => {
    const device = testDevice('Laptop');
    const path = join(device.folder, 'devices.json');
    writeFileSync(path, text, { mode: 0o600 });
    for (const args of [
      ['devices'],
      ['pair', '--yes'],
      ['unpair', 'x', '--yes'],
      ['receive', '--from', 'any', '--yes'],
    ]) {
      const { exitCode, stderr } = await device.ends(args);
      expect([args[0], exitCode, stderr]).toEqual([args[0], 2, expect.stringMatching(sentence)]);
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe.runIf(hasScript)('on a terminal', () => {
  it('both people are shown the other name and the words, and asked; what is sent is asked about, and a no keeps nothing', async () => {
    const { url } = await relayForTest();
    const [laptop, server] = [testDevice('Laptop'), testDevice('Server')];
    const showing = laptop.run(['pair', '--name', 'Laptop', '--relay', url], { terminal: true });
    const [, code] = await showing.says(/Code: (\S+)/);
    const entering = server.run(['pair', '--enter', '--name', 'Server', '--relay', url], { terminal: true });
    await entering.says(/Code: /);
    entering.type(`${code}\n`);
    await showing.says(/is called “Server” \(key:[0-9a-f]{8}\)/);
    await entering.says(/is called “Laptop” \(key:[0-9a-f]{8}\)/);
    const wordsOf = async (end: typeof showing) => (await end.says(/Words: ([a-z ]+) \(/))[1];
    expect(await wordsOf(showing)).toBe(await wordsOf(entering));
    await Promise.all([showing, entering].map((end) => end.says(/these words\? \[y\/N\]/)));
    expect([kept(laptop).group, kept(server).group]).toEqual([null, null]);
    showing.type('y\n');
    entering.type('y\n');
    expect(await Promise.all([showing.exitCode, entering.exitCode])).toEqual([0, 0]);

    const out = scratchFolder();
    const receiver = server.run(['receive', '--from', 'Laptop', '--out', out], { terminal: true });
    await receiver.says(/Waiting for “Laptop” to send to “Server”/);
    fileOf(laptop, 10);
    const sent = laptop.ends(['send', 'photo.jpg', '--to', 'Server']);
    await receiver.says(/Accept 1 file, 10 bytes\? \[y\/N\]/);
    receiver.type('n\n');
    expect([(await sent).exitCode, await receiver.exitCode]).toEqual([3, 4]);
    expect(existsSync(join(out, 'photo.jpg'))).toBe(false);
  });
});
