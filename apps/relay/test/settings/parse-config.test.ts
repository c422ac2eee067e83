// Every setting: its default is allowed, and what is outside its range is refused with a sentence that says the range.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RELAY_CONFIG, parseRelayConfig, RELAY_SETTINGS, type RelayConfig } from '../../src/index.ts';

describe('relay config', () => {
  it('stands in PROTOCOL.md section 14, where it is a limit', () => {
    const text = readFileSync(new URL('../../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
    const [, section] = text.split('\n## 14. Limits\n');
    const [, table] = section!
      .split('\n## ')[0]!
      .split('| setting | value | unit | of |\n| --- | --- | --- | --- |\n');
    const printed = table!
      .split('\n\n')[0]!
      .split('\n')
      .map((line) => line.slice(2, -2).split(' | '));
    const limits = Object.entries(RELAY_SETTINGS)
      .filter(([name, { default: value, unit }]) =>
        value === null ? /^(bytes|ms)/.test(unit) : typeof value === 'number' && name !== 'port',
      )
      .map(([name, { default: value, unit, purpose }]) => [
        `\`${name}\``,
        String(value ?? 'none'),
        unit,
        purpose,
      ]);
    expect(printed).toEqual(limits);
  });

  it('fills in defaults, for undefined too', () => {
    expect(parseRelayConfig({})).toEqual(DEFAULT_RELAY_CONFIG);
    const given = { port: undefined } as unknown as Partial<RelayConfig>;
    expect(parseRelayConfig(given)).toEqual(DEFAULT_RELAY_CONFIG);
  });

  it('allows its own defaults', () => {
    for (const setting of Object.values(RELAY_SETTINGS)) expect(setting.accepts(setting.default)).toBe(true);
  });

  it.each([
    ['host', '', 'a host name or an IP address'],
    ['host', 7, 'a host name or an IP address'],
    ['port', -1, '0 to 65535'],
    ['port', 65_536, '0 to 65535'],
    ['port', 80.5, 'a whole number'],
    ['port', '80', 'a whole number'],
    ['webRoot', '', 'a folder, or null'],
    ['maxWaiting', 0, '1 to 1000000'],
    ['maxWaitingPerAddress', 0, '1 to 1000000'],
    ['maxConnections', 1_000_001, '1 to 1000000'],
    ['maxConnectionsPerAddress', 0, '1 to 1000000'],
    ['joinsPerMinutePerAddress', Number.NaN, '1 to 1000000'],
    ['failedJoinsPerMinutePerAddress', 0, '1 to 1000000'],
    ['drawsPerMinutePerAddress', 0, '1 to 1000000'],
    ['drawBurstPerAddress', 1_000_001, '1 to 1000000'],
    ['pipeBufferBytes', 1_023, '1024 to 67108864'],
    ['pingIntervalMs', 999, '1000 to 600000'],
    ['stalledTimeoutMs', 86_400_001, '1000 to 86400000'],
    ['certFile', '', 'a file, or null for none'],
    ['keyFile', 7, 'a file, or null for none'],
    ['maxWaitingPerSite', 0, '1 to 1000000'],
    ['maxConnectionsPerSite', 0, '1 to 1000000'],
    ['maxPageConnections', 0, '1 to 1000000'],
    ['maxPageConnectionsPerAddress', 0, '1 to 1000000'],
    ['maxPageConnectionsPerSite', 0, '1 to 1000000'],
    ['headersTimeoutMs', 999, '1000 to 600000'],
    ['keepAliveTimeoutMs', 999, '1000 to 600000'],
    ['pageStallTimeoutMs', 999, '1000 to 600000'],
    ['joinsPerMinutePerSite', 0, '1 to 1000000'],
    ['failedJoinsPerMinutePerSite', 0, '1 to 1000000'],
    ['controlFramesPerMinute', 9, '10 to 1000000'],
    ['controlBytesPerMinute', 255, '256 to 1000000000'],
    ['pipeBufferPieces', 15, '16 to 1000000'],
    ['trustProxy', true, 'a list of IP addresses'],
    ['trustProxy', ['proxy.example.org'], 'a list of IP addresses'],
    ['trustProxy', ['10.0.0.0/33'], 'a list of IP addresses'],
    ['trustProxy', ['10.0.0.0/8/8'], 'a list of IP addresses'],
    ['trustProxy', ['2001:db8::/129'], 'a list of IP addresses'],
    ['trustProxy', ['0.0.0.0/0'], 'a list of IP addresses'],
    ['trustProxy', [''], 'a list of IP addresses'],
    ['allowedOrigins', 'https://a.example', 'a list of origins'],
    ['allowedOrigins', ['https://a.example/'], 'without a path'],
    ['allowedOrigins', ['*'], 'a list of origins'],
    ['allowedOrigins', ['file:///x'], 'a list of origins'],
    ['otherNames', ['relay-2.example'], 'a list of origins'],
    ['otherNames', ['https://relay-2.example/path'], 'without a path'],
    ['otherNames', ["https://a.example; script-src 'unsafe-inline'"], 'a list of origins'],
    ['bytesPerSecond', 0, '1 to 1000000000000 (bytes a second), or null for none'],
    ['bytesPerSecondPerPair', -1, '1 to 1000000000000'],
    ['bytesPerSecondPerAddress', 0.5, 'a whole number'],
    ['bytesPerSecondPerSite', Number.POSITIVE_INFINITY, 'a whole number'],
    ['bytesPerSecondPerToken', 'none', 'a whole number'],
    ['bytesPerTransfer', 0, '1 to 1000000000000000 (bytes), or null for none'],
    ['bytesPerDayPerToken', 0, '1 to 1000000000000000'],
    ['maxPairAgeMs', 0, '1000 to 1728000000 (ms), or null for none'],
    ['maxPairIdleMs', 999, '1000 to 1728000000'],
    ['block', ['203.0.113.0/33'], 'a list of IP addresses, or networks'],
    ['block', ['unix'], 'a list of IP addresses, or networks'],
    ['block', ['0.0.0.0/0'], 'a list of IP addresses, or networks'],
    ['blockFile', '', 'a file, or null for none'],
    ['terseErrors', 'yes', 'true or false'],
    ['logLevel', 'loud', 'fatal, error, warn'],
  ])('refuses %s %j', (name, value, allowed) => {
    const parse = () => parseRelayConfig({ [name]: value });
    expect(parse).toThrow(expect.objectContaining({ code: 'invalid-config' }));
    expect(parse).toThrow(`Relay setting ${name} is`);
    expect(parse).toThrow(allowed);
  });

  it.each([
    ['port', 0],
    ['port', 65_535],
    ['webRoot', 'dist'],
    ['allowedOrigins', ['https://copy.example.org', 'http://localhost:5173']],
    ['trustProxy', []],
    ['trustProxy', ['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8']],
    ['bytesPerSecondPerPair', 1],
    ['bytesPerSecondPerPair', null],
    ['block', ['203.0.113.7', '2001:db8::/32']],
    ['logLevel', 'silent'],
  ])('allows %s %j', (name, value) => {
    expect(parseRelayConfig({ [name]: value })).toMatchObject({ [name]: value });
  });

  it.each([
    [{ certFile: 'cert.pem' }, 'There is a certificate file for TLS, but no key file.'],
    [{ keyFile: 'key.pem', certFile: null }, 'There is a key file for TLS, but no certificate file.'],
  ])('refuses %j alone', (given, sentence) => {
    const parse = () => parseRelayConfig(given);
    expect(parse).toThrow(expect.objectContaining({ code: 'invalid-config' }));
    expect(parse).toThrow(`${sentence} Give both, or neither for a relay without TLS.`);
  });

  it('allows both files of TLS', () => {
    const both = { certFile: 'cert.pem', keyFile: 'key.pem' };
    expect(parseRelayConfig(both)).toMatchObject(both);
  });

  it.each(['prot', '__proto__x', 'toString'])('refuses the unknown setting %s', (name) => {
    expect(() => parseRelayConfig({ [name]: 1 })).toThrow(`no setting called "${name}"`);
  });
});
