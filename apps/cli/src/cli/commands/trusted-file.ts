// Which certificate an end trusts besides the system's: that of a file, or the one of a fingerprint.
import type { LinkedRelay } from '@p2p-copy/core';
import {
  certificateOfLink,
  pinnedCertificate,
  readFingerprint,
} from '../../node/network/pinned-certificate.ts';
import { UsageError } from '../terminal/exit-codes.ts';

export interface TrustOptions {
  caFile?: string;
  relayFingerprint?: string;
}

/**
 * @param link what the link says of its relay, which counts where no option does
 * @throws UsageError for a fingerprint that is none
 * @throws TransferError `relay-unreachable` where the relay shows another certificate, or none can be fetched
 */
export async function trustedFile(
  { caFile, relayFingerprint }: TrustOptions,
  relay: string,
  link: LinkedRelay | null = null,
): Promise<{ caFile?: string }> {
  if (relayFingerprint === undefined) {
    const trusted = caFile ?? (link === null ? undefined : await certificateOfLink(relay, link));
    return trusted === undefined ? {} : { caFile: trusted };
  }
  if (caFile !== undefined) {
    throw new UsageError(
      'Both --ca-file and --relay-fingerprint say whom to trust.',
      'Leave out one of them.',
    );
  }
  const fingerprint = readFingerprint(relayFingerprint);
  if (fingerprint === null) {
    throw new UsageError(
      '--relay-fingerprint takes a SHA-256 fingerprint: 64 hexadecimal digits.',
      'Copy it from what the relay prints.',
    );
  }
  return { caFile: await pinnedCertificate(relay, fingerprint) };
}
