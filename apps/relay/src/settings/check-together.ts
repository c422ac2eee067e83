// Settings that are allowed one by one, and not together.
import { RelayError } from '../foundation/relay-error.ts';
import { readAddress, showAddress, unbracketed } from './addresses.ts';
import type { RelayConfig } from './table.ts';

/**
 * @param givenAs a setting as it was given, such as `--port` or `port in relay.json`; null for one that wasn't
 * @throws RelayError `invalid-config`, naming both
 */
export function checkTogether(
  config: RelayConfig,
  givenAs: (name: keyof RelayConfig) => string | null,
): void {
  const { certFile, keyFile, listen, adminListen, host, port } = config;
  if ((certFile === null) !== (keyFile === null)) {
    const [given, missing] = keyFile === null ? ['certificate', 'key'] : ['key', 'certificate'];
    throw invalid(
      `There is a ${given} file for TLS, but no ${missing} file. Give both, or neither for a relay without TLS.`,
    );
  }
  const single = givenAs('host') ?? givenAs('port');
  if (listen.length > 0 && single !== null) {
    throw invalid(`Both ${givenAs('listen')} and ${single} say where to listen. Leave out one or the other.`);
  }
  if (config.stunPort === null && givenAs('stunHost') !== null) {
    throw invalid(
      `There is no STUN server that could listen where ${givenAs('stunHost')} says. Give stunPort too, or leave it out.`,
    );
  }
  if (config.stunPort !== null && config.stunHost.length === 0) {
    throw invalid(
      'The STUN server has a port, but stunHost names no address. Leave stunHost out for all of them.',
    );
  }
  const ofRelay = listen.length > 0 ? listen : [showAddress({ kind: 'tcp', host: unbracketed(host), port })];
  const twice = repeated([...ofRelay, ...adminListen]);
  if (twice !== null) {
    throw invalid(`The address ${twice} is named twice in listen and adminListen. Leave out one of them.`);
  }
}

/** The first address that stands again; port 0 is another one each time. */
function repeated(texts: readonly string[]): string | null {
  const addresses = texts.map((text) => readAddress(text)).filter((address) => address !== null);
  const fixed = addresses.filter((address) => address.kind !== 'tcp' || address.port !== 0).map(showAddress);
  return fixed.find((address, index) => fixed.indexOf(address) !== index) ?? null;
}

function invalid(message: string): RelayError {
  return new RelayError('invalid-config', message);
}
