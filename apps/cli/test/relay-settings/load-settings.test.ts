// Settings that can't be: one sentence each, which names the setting, its value, what is allowed and where it came from.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Call, givenSettings, loadSettings } from '../../src/relay-settings/load-settings.ts';
import { scratchFolder } from '../scratch.ts';

const PID = 4711;

function load(call: Partial<Call>) {
  return loadSettings({ flags: {}, configFile: undefined, environment: {}, processId: PID, ...call });
}

async function fileWith(text: string): Promise<string> {
  const path = join(await scratchFolder(), 'relay.json');
  writeFileSync(path, text);
  return path;
}

async function sentenceOf(call: Partial<Call>): Promise<string> {
  const error = await load(call).then(
    () => null,
    (reason: Error & { code: string }) => reason,
  );
  expect(error).toMatchObject({ name: 'RelayError', code: 'invalid-config' });
  expect(error!.message).toMatch(/^[A-Z].*[.?]$/s);
  expect(error!.message).not.toContain('\n');
  return error!.message;
}

describe('a value that can’t be is refused', () => {
  it.each([
    ['maxWaiting', '0', 'a whole number from 1 to 1000000 (connections)'],
    ['maxWaiting', '1e3', 'a whole number'],
    ['maxWaiting', '-5', 'a whole number'],
    ['maxWaiting', '', 'a whole number'],
    ['port', '65536', 'a whole number from 0 to 65535'],
    ['stalledTimeoutMs', '30', 'a duration from 1s to 1d with its unit'],
    ['stalledTimeoutMs', '25h', 'a duration from 1s to 1d'],
    ['stalledTimeoutMs', '30min', 'a duration'],
    ['pipeBufferBytes', '1023', 'a size from 1Ki to 64Mi'],
    ['pipeBufferBytes', '65Mi', 'a size from 1Ki to 64Mi'],
    ['pipeBufferBytes', '64 cows', 'a size'],
    ['listen', 'localhost', 'addresses such as'],
    ['listen', 'http://127.0.0.1:80', 'addresses such as'],
    ['listen', '::1:80', 'addresses such as'],
    ['listen', '127.0.0.1:65536', 'addresses such as'],
    ['listen', '127.0.0.1:80,', 'addresses such as'],
    ['listen', 'unix:relay.sock', 'addresses such as'],
    ['listen', `unix:/${'x'.repeat(110)}`, 'addresses such as'],
    ['listen', 'fd:2', 'addresses such as'],
    ['adminListen', 'everywhere', 'addresses such as'],
    ['socketMode', '999', 'an octal file mode'],
    ['socketMode', 'rw-rw----', 'an octal file mode'],
    ['trustProxy', 'proxy.example.org', 'IP addresses'],
    ['allowedOrigins', 'copy.example.org', 'origins such as'],
    ['logLevel', 'loud', 'fatal, error, warn'],
    ['stunPort', '1023', 'a whole number from 1024 to 65535, or 0 (port), or none'],
    ['stunPort', '65536', 'a whole number from 1024 to 65535'],
    ['stunPort', 'stun', 'a whole number from 1024 to 65535'],
    ['stunHost', 'copy.example.org', 'IP addresses, with commas between them'],
    ['stunHost', '127.0.0.1:3478', 'IP addresses'],
    ['stunPerMinute', '0', 'a whole number from 1'],
    ['host', ' ', 'a host name or an IP address'],
    ['selfSigned', 'maybe', 'true or false'],
  ])('%s as %j', async (name, text, allowed) => {
    const key = name.replace(/(Ms|Bytes)$/, '');
    const kebab = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const variable = `P2P_COPY_RELAY_${kebab.replaceAll('-', '_').toUpperCase()}`;
    const configFile = await fileWith(JSON.stringify({ [key]: text }));
    const calls: [Partial<Call>, string][] = [
      [{ flags: { [name]: [text] } }, `--${kebab}`],
      [{ configFile }, `${key} in ${configFile}`],
    ];
    // An empty variable is none.
    if (text !== '') calls.push([{ environment: { [variable]: text } }, variable]);
    for (const [call, source] of calls) {
      const sentence = await sentenceOf(call);
      expect(sentence).toContain(`Relay setting ${name} is ${JSON.stringify(text)} (${source}); allowed: `);
      expect(sentence).toContain(allowed);
    }
  });

  it.each([
    ['{"maxWaiting": null}', 'Relay setting maxWaiting is null'],
    ['{"maxWaiting": [5]}', 'Relay setting maxWaiting is [5]'],
    ['{"maxWaiting": 5.5}', 'Relay setting maxWaiting is 5.5'],
    ['{"stalledTimeout": 30}', 'a duration from 1s to 1d with its unit'],
    ['{"socketMode": 660}', 'an octal file mode such as "660"'],
    ['{"trustProxy": ["10.0.0.0/8", 7]}', 'IP addresses'],
    ['{"maxWating": 5}', '"maxWating", which is no setting of the relay. Did you mean maxWaiting?'],
    ['{"__proto__": {"port": 1}}', '"__proto__", which is no setting of the relay'],
    ['{"toString": 1}', '"toString", which is no setting of the relay'],
    ['{"stalledTimeout": "30m", "stalledTimeoutMs": 1000}', 'both stalledTimeout and stalledTimeoutMs'],
    ['[]', 'it must hold one JSON object'],
    ['null', 'it must hold one JSON object'],
    ['"port"', 'it must hold one JSON object'],
    ['{"port": 80', 'it is not JSON'],
    ['', 'it is not JSON'],
    ['port: 80', 'it is not JSON'],
  ])('the file %s', async (text, expected) => {
    expect(await sentenceOf({ configFile: await fileWith(text) })).toContain(expected);
  });

  it('in a variable also where a flag overrules it, so that it isn’t found the day the flag goes', async () => {
    const call = { flags: { port: ['1'] }, environment: { P2P_COPY_RELAY_PORT: 'x' } };
    expect(await sentenceOf(call)).toContain('Relay setting port is "x" (P2P_COPY_RELAY_PORT)');
  });
});

describe('a file that can’t be read is named', () => {
  it.each([
    ['missing', () => {}, 'there is no such file'],
    ['a folder', (path: string) => mkdirSync(path), 'it is a folder'],
    ['a pipe', (path: string) => void execFileSync('mkfifo', [path]), 'it is not a file'],
    ['huge', (path: string) => writeFileSync(path, Buffer.alloc(1024 * 1024 + 1, ' ')), 'more than 1 MiB'],
  ])('when it is %s', async (_name, make, reason) => {
    const path = join(await scratchFolder(), 'relay.json');
    make(path);
    const expected = `The settings file ${path} can't be used: `;
    for (const call of [{ configFile: path }, { environment: { P2P_COPY_RELAY_CONFIG: path } }]) {
      expect(await sentenceOf(call)).toContain(expected);
      expect(await sentenceOf(call)).toContain(reason);
    }
  });
});

describe('settings that contradict each other are refused, by the names they were given with', () => {
  it.each([
    [{ listen: ['9000'], port: ['80'] }, {}, 'Both --listen and --port say where to listen.'],
    [{ listen: ['9000'] }, { HOST: '::1' }, 'Both --listen and P2P_COPY_RELAY_HOST say where to listen.'],
    [{ selfSigned: ['true'] }, { CERTFILE: 'a' }, 'Both --self-signed and P2P_COPY_RELAY_CERTFILE say which'],
    [{ certFile: ['a'] }, {}, 'There is a certificate file for TLS, but no key file.'],
    [{ listen: ['9000,[::]:9000'] }, {}, 'The address [::]:9000 is named twice'],
    [{ listen: ['unix:/a'], adminListen: ['unix:/a'] }, {}, 'The address unix:/a is named twice'],
    [{ stunHost: ['::1'] }, {}, 'There is no STUN server that could listen where --stun-host says.'],
    [
      { stunPort: ['3478'], stunHost: ['none'] },
      {},
      'The STUN server has a port, but stunHost names no address.',
    ],
    [{ adminListen: ['8765'] }, {}, 'The address [::]:8765 is named twice'],
  ])('%j with %j', async (flags, variables, expected) => {
    const environment = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [`P2P_COPY_RELAY_${name}`, value]),
    );
    expect(await sentenceOf({ flags, environment })).toContain(expected);
  });

  it('but port 0 is another one each time', async () => {
    const { values } = await load({
      flags: { listen: ['127.0.0.1:0,127.0.0.1:0'], adminListen: ['127.0.0.1:0'] },
    });
    expect(values.listen).toEqual(['127.0.0.1:0', '127.0.0.1:0']);
  });
});

describe('a certificate of its own', () => {
  it.each<[Call['flags'], boolean | 'if-possible' | undefined]>([
    [{}, 'if-possible'],
    [{ host: ['0.0.0.0'] }, 'if-possible'],
    [{ host: ['copy.local'] }, 'if-possible'],
    [{ listen: ['127.0.0.1:9000', '9001'] }, 'if-possible'],
    [{ listen: ['fd:3'] }, 'if-possible'],
    [{ host: ['127.0.0.1'] }, undefined],
    [{ host: ['::1'] }, undefined],
    [{ host: ['localhost'] }, undefined],
    [{ listen: ['127.0.0.1:9000', '[::1]:9000', 'unix:/run/relay.sock'] }, undefined],
    [{ certFile: ['c'], keyFile: ['k'] }, undefined],
    [{ http: ['true'] }, undefined],
    [{ selfSigned: ['false'] }, false],
    [{ selfSigned: ['true'], host: ['127.0.0.1'] }, true],
  ])('of %j is %s', async (flags, expected) => {
    const settings = await load({ flags });
    expect(givenSettings(settings).selfSigned).toBe(expected);
    expect(settings.values.selfSigned).toBe(expected !== undefined && expected !== false);
    expect(givenSettings(settings)).not.toHaveProperty('http');
  });

  it.each([
    [{ http: ['true'], selfSigned: ['true'] }, 'A relay with --http has no certificate, and --self-signed'],
    [{ http: ['true'], certFile: ['c'], keyFile: ['k'] }, 'and --certfile asks for one'],
  ])('isn’t asked for and switched off at once: %j', async (flags, expected) => {
    expect(await sentenceOf({ flags })).toContain(expected);
  });
});

describe('the environment', () => {
  it.each([
    ['P2P_COPY_RELAY_MAX_WATING', 'Did you mean P2P_COPY_RELAY_MAX_WAITING?'],
    ['P2P_COPY_RELAY_COLOUR', 'See p2p-copy relay --help-all.'],
  ])('refuses %s, which would set nothing', async (name, hint) => {
    expect(await sentenceOf({ environment: { [name]: '5' } })).toBe(
      `The environment variable ${name} names no setting of the relay. ${hint}`,
    );
  });

  it('takes no notice of variables that clients read, that are empty, or that Kubernetes sets for a service', async () => {
    const environment = {
      P2P_COPY_RELAY: 'https://copy.example.org',
      P2P_COPY_RELAY_TOKEN: 'secret',
      P2P_COPY_RELAY_MAX_WAITING: '',
      P2P_COPY_RELAY_SERVICE_HOST: '10.0.0.1',
      P2P_COPY_RELAY_SERVICE_PORT: '8765',
      P2P_COPY_RELAY_SERVICE_PORT_HTTP: '8765',
      P2P_COPY_RELAY_PORT: 'tcp://10.0.0.1:8765',
      P2P_COPY_RELAY_PORT_8765_TCP: 'tcp://10.0.0.1:8765',
      P2P_COPY_RELAY_PORT_8765_TCP_ADDR: '10.0.0.1',
    };
    expect(givenSettings(await load({ environment }))).toEqual({ selfSigned: 'if-possible' });
  });
});

describe('what is given', () => {
  it('is what the library takes, and no default', async () => {
    const configFile = await fileWith(
      '{"stalledTimeoutMs": 2000, "pipeBuffer": "64k", "trustProxy": ["::1"]}',
    );
    const flags = { listen: ['9000', 'unix:/run/relay.sock,[::1]:80'], webRoot: ['none'] };
    expect(givenSettings(await load({ configFile, flags }))).toEqual({
      stalledTimeoutMs: 2_000,
      pipeBufferBytes: 64_000,
      selfSigned: 'if-possible',
      trustProxy: ['::1'],
      listen: ['9000', 'unix:/run/relay.sock', '[::1]:80'],
      webRoot: null,
    });
  });

  it('can empty a list that a lower source fills', async () => {
    const environment = { P2P_COPY_RELAY_TRUST_PROXY: '10.0.0.1' };
    const { values, sources } = await load({ environment, flags: { trustProxy: ['none'] } });
    expect([values.trustProxy, sources.trustProxy]).toEqual([[], { kind: 'flag', name: '--trust-proxy' }]);
  });

  it('is the last of a flag that was typed twice', async () => {
    expect((await load({ flags: { port: ['1', '2'] } })).values.port).toBe(2);
  });
});

describe('sockets of systemd', () => {
  const activated = { LISTEN_PID: String(PID), LISTEN_FDS: '3', LISTEN_FDNAMES: 'web:admin:' };

  it('are where the relay listens, those named admin for administration', async () => {
    const { values, sources } = await load({ environment: activated });
    expect(values).toMatchObject({ listen: ['fd:3', 'fd:5'], adminListen: ['fd:4'] });
    expect(sources.listen).toEqual({ kind: 'environment', name: 'LISTEN_FDS' });
  });

  it('stand beside addresses that are given', async () => {
    const { values } = await load({ environment: activated, flags: { listen: ['9000'] } });
    expect(values.listen).toEqual(['fd:3', 'fd:5', '9000']);
  });

  it('are left alone when they are meant for another process', async () => {
    for (const LISTEN_PID of ['1', undefined]) {
      expect((await load({ environment: { ...activated, LISTEN_PID } })).values.listen).toEqual([]);
    }
  });

  it.each(['0', '-1', 'x', '65', '9999999999'])('can’t be %s', async (LISTEN_FDS) => {
    expect(await sentenceOf({ environment: { ...activated, LISTEN_FDS } })).toContain(
      `LISTEN_FDS is "${LISTEN_FDS}"; allowed: a whole number from 1 to 64.`,
    );
  });

  it('contradict a port', async () => {
    expect(await sentenceOf({ environment: activated, flags: { port: ['80'] } })).toContain(
      'Both LISTEN_FDS and --port say where to listen.',
    );
  });
});
