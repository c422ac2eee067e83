// Options of TLS for who is trusted, made once: reading the authorities takes longer than a handshake.
import { X509Certificate } from 'node:crypto';
import type { Agent } from 'node:http';
import { checkServerIdentity, createSecureContext, type SecureContext } from 'node:tls';
import { certificateStore } from './certificate-store.ts';
import { certificatesIn } from './read-certificates.ts';

export interface Trust {
  readonly tls: { secureContext: SecureContext; checkServerIdentity: typeof checkServerIdentity };
  /** By the way to a site: connections that were opened with another trust are no use, and sessions neither. */
  readonly agents: Map<string, Agent>;
}

const VARIABLES = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'P2P_COPY_CA_FILE'];
const known = new Map<string, Trust>();

/**
 * Whom this process trusts. A server that shows the only certificate of `ca`, or of P2P_COPY_CA_FILE, is the one that is meant, by
 * whichever name or address it is reached: nobody else has its key.
 * @param ca certificates to trust besides those of the store, as `readCertificates` gave them; null for none
 * @throws TransferError `relay-unreachable` for a variable that names no certificates
 */
export async function trustOf(
  ca: string | null,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Trust> {
  const key = JSON.stringify([ca, ...VARIABLES.map((name) => environment[name] ?? '')]);
  const trust = known.get(key) ?? (await read(ca, environment));
  known.set(key, trust);
  return trust;
}

async function read(ca: string | null, environment: NodeJS.ProcessEnv): Promise<Trust> {
  const { certificates, pinned } = await certificateStore(environment);
  const added = certificatesIn(ca ?? '');
  const alone = [pinned, added.length === 1 ? added[0]! : null].filter((each) => each !== null);
  const fingerprints = new Set(alone.map((each) => new X509Certificate(each).fingerprint256));
  return {
    tls: {
      secureContext: createSecureContext({ ca: [...certificates, ...added] }),
      checkServerIdentity: (host, peer) =>
        fingerprints.has(peer.fingerprint256) ? undefined : checkServerIdentity(host, peer),
    },
    agents: new Map(),
  };
}
