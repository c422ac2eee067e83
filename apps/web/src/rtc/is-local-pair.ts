// Whether two devices have found each other within one network, as far as a page can know: browsers hide addresses.

/** What `getStats` says of a candidate. */
export interface CandidateStats {
  candidateType: string;
  /** Empty, absent or `(redacted)` where the browser hides it. */
  address?: string | null;
}

const SHOWN = /[.:]/;
/** Private, shared, link-local; and the names that are only known within a network. */
const OF_A_NETWORK =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe[89ab])|\.local$/i;

/**
 * Whether the pair of candidates that is in use stays within a network of this device.
 * @param told whether every candidate that the other end was told of can be reached from within such a network alone
 */
export function isLocalPair(local: CandidateStats, remote: CandidateStats, told: boolean): boolean {
  if (local.candidateType !== 'host') return false;
  const address = remote.address ?? '';
  if (SHOWN.test(address)) return remote.candidateType !== 'srflx' && OF_A_NETWORK.test(address);
  // They hide what a `.local` name stood for, and where an end came from that it wasn't told of.
  return remote.candidateType === 'host' || (remote.candidateType === 'prflx' && told);
}

/** Whether every candidate of a session description can be reached from within a network alone. */
export function isToldWithin(sdp: string): boolean {
  const candidates = [...sdp.matchAll(/^a=candidate:\S+ \d \S+ \d+ (\S+) \d+ typ (\S+)/gm)];
  return candidates.every(([, host, type]) => type === 'host' && OF_A_NETWORK.test(host!));
}
