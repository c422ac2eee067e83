// Relay and ends where there is one family of addresses only.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { finished, run } from '../../apps/cli/test/system/cli-process.ts';
import { Namespaces } from './namespaces.ts';
import { PlainLink } from './plain-link.ts';
import { reasonToSkip } from './reason-to-skip.ts';

const reason = reasonToSkip();
const FAMILIES = {
  IPv6: { addresses: ['fd12:3456::1/64', 'fd12:3456::2/64'], shown: '[fd12:3456::1]' },
  IPv4: { addresses: ['10.12.34.1/24', '10.12.34.2/24'], shown: '10.12.34.1' },
} as const;

describe.skipIf(reason !== null)(
  `where there is one family of addresses${reason === null ? '' : ` (${reason})`}`,
  () => {
    it.each(['IPv6', 'IPv4'] as const)(
      '%s, the relay of a machine is printed, linked and reached by it',
      async (family) => {
        const { addresses, shown } = FAMILIES[family];
        const namespaces = new Namespaces();
        const [home, other] = [namespaces.add('home'), namespaces.add('other')];
        await PlainLink.join(
          { namespace: home, device: 'lan0', addresses: [addresses[0]] },
          { namespace: other, device: 'lan0', addresses: [addresses[1]] },
        );
        // As a kernel without it, addresses of the devices' own included.
        if (family === 'IPv4')
          for (const each of [home, other]) each.set('net.ipv6.conf.all.disable_ipv6', 1);
        const root = await scratchFolder();
        const [state, there] = ['state', 'there'].map((name) => ({ P2P_COPY_STATE: join(root, name) }));
        const relay = run(['relay', '--port', '8765'], { within: home.within, set: state! });
        await relay.says(/Ctrl-C stops it/);
        const said = relay.stdout.toString() + relay.stderr;
        expect(said).toContain(`In this network: https://${shown}:8765\n`);
        writeFileSync(join(root, 'file'), family);
        const local = family === 'IPv6' ? 'http://[::1]:8765' : 'http://localhost:8765';
        const sender = run(['send', join(root, 'file'), '--relay', local], {
          within: home.within,
          set: state!,
        });
        const [, link] = await sender.says(/^Link: (\S+)$/m);
        expect(link!.startsWith(`https://${shown}:8765/?relay-fingerprint=`)).toBe(true);
        const receive = ['receive', link!, '--yes', '--out', join(root, 'out')];
        const receiver = await finished(receive, { within: other.within, set: there! });
        expect([await sender.exitCode, receiver.exitCode], sender.stderr + receiver.stderr).toEqual([0, 0]);
        expect(readFileSync(join(root, 'out/file'), 'utf8')).toBe(family);
      },
    );
  },
);
