// Which of a machine's addresses other devices are shown, by the names that systems give to interfaces.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { NetworkInterfaceInfo } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { forShell } from '../../apps/cli/src/wording/for-shell.ts';
import { localAddressTo } from '../../apps/relay/src/listening/default-route.ts';
import { ownNetworkAddresses } from '../../apps/relay/src/listening/own-networks.ts';

const { platform } = process;
afterEach(() => void Object.defineProperty(process, 'platform', { value: platform }));

const at = (address: string, mac = '12:34:56:78:9a:bc', internal = false) =>
  [{ address, family: 'IPv4', internal, mac, netmask: '', cidr: null }] as NetworkInterfaceInfo[];
const orderOf = (interfaces: Record<string, NetworkInterfaceInfo[]>, byDefault: string | null = null) =>
  ownNetworkAddresses(interfaces, byDefault === null ? null : { name: byDefault }).map(
    ({ address }) => address,
  );

it('on Windows virtual adapters come after Wi-Fi, whatever the system lists first', () => {
  const found = {
    'vEthernet (WSL)': at('172.20.0.1'),
    'VirtualBox Host-Only Network': at('192.168.56.1', '0a:00:27:00:00:05'),
    'Ethernet 3': at('192.168.99.1', '00:50:56:c0:00:08'),
    'Local Area Connection* 2': at('192.168.137.1'),
    'Wi-Fi': at('192.168.1.5'),
    'Loopback Pseudo-Interface 1': at('127.0.0.1', '00:00:00:00:00:00', true),
  };
  expect(orderOf(found)[0]).toBe('192.168.1.5');
  expect(ownNetworkAddresses(found, null).map(({ isVirtual }) => isVirtual)).toEqual([
    false,
    true,
    true,
    true,
    true,
  ]);
});

it('on macOS bridges of virtual machines and tunnels come last', () => {
  const found = {
    bridge100: at('192.168.64.1'),
    utun3: at('100.101.1.2'),
    en5: at('169.254.3.4'),
    en0: at('10.0.0.7'),
  };
  expect(orderOf(found)).toEqual(['10.0.0.7', '169.254.3.4', '192.168.64.1', '100.101.1.2']);
});

it('the interface of the default route comes first, even a tunnel', () => {
  const found = {
    docker0: at('172.17.0.1'),
    eth0: at('10.0.0.1'),
    eth1: at('192.168.1.5'),
    tun0: at('10.8.0.2'),
  };
  expect(orderOf(found, 'eth1')).toEqual(['192.168.1.5', '10.0.0.1', '172.17.0.1', '10.8.0.2']);
  expect(orderOf(found, 'tun0')[0]).toBe('10.8.0.2');
});

it('where the system has no file of routes, the interface comes first from whose address it would send', () => {
  const found = {
    'Ethernet 2': at('10.211.55.2'),
    'vEthernet (WSL)': at('172.20.0.1'),
    'vEthernet (External)': at('192.168.1.5'),
    'Wi-Fi': at('192.168.2.6'),
  };
  const ordered = ownNetworkAddresses(found, { address: '192.168.1.5' });
  expect(ordered.map(({ address }) => address)).toEqual([
    '192.168.1.5',
    '10.211.55.2',
    '192.168.2.6',
    '172.20.0.1',
  ]);
  // A bridge to the network itself, by which others come.
  expect(ordered.map(({ isVirtual }) => isVirtual)).toEqual([false, false, false, true]);
  // An address that it had before it moved to another network.
  expect(ownNetworkAddresses(found, { address: '192.168.7.7' })[0]?.address).toBe('10.211.55.2');
});

it.each([
  'LAN-Verbindung* 2',
  'Подключение по локальной сети* 10',
  'Bluetooth-Netzwerkverbindung',
  'Npcap Loopback Adapter',
  'ProtonVPN TUN',
  'OpenVPN Wintun',
  'CloudflareWARP',
  'vmenet0',
  'feth1234',
  'vnic0',
])('“%s” comes last', (name) => {
  const found = { [name]: at('10.9.0.1'), unknown: at('10.0.0.9') };
  expect(orderOf(found)).toEqual(['10.0.0.9', '10.9.0.1']);
});

it('the address by which others are reached is found without a datagram', async () => {
  const other = createSocket('udp4');
  other.bind(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address();
  expect(await localAddressTo('127.0.0.1', { type: 'udp4', port })).toBe('127.0.0.1');
  other.send('first', port, '127.0.0.1');
  expect(String((await once(other, 'message'))[0])).toBe('first');
  other.close();
  expect(await localAddressTo('::1', { type: 'udp4', port })).toBeNull();
});

it('a path in a printed command is one word of the shell', () => {
  expect(forShell('/home/me/cert.pem')).toBe('/home/me/cert.pem');
  expect(forShell("/home/me & 'you'/$HOME.pem")).toBe("'/home/me & '\\''you'\\''/$HOME.pem'");
  Object.defineProperty(process, 'platform', { value: 'win32' });
  expect(forShell('C:\\Users\\A B\\cert.pem')).toBe('"C:\\Users\\A B\\cert.pem"');
});
