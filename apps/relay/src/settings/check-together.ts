// Settings that are allowed one by one, and not together.
import { RelayError } from '../relay-error.ts';
import type { RelayConfig } from './table.ts';

/** @throws RelayError `invalid-config` */
export function checkTogether({ certFile, keyFile }: RelayConfig): void {
  if ((certFile === null) === (keyFile === null)) return;
  const [given, missing] = keyFile === null ? ['certificate', 'key'] : ['key', 'certificate'];
  throw new RelayError(
    'invalid-config',
    `There is a ${given} file for TLS, but no ${missing} file. Give both, or neither for a relay without TLS.`,
  );
}
