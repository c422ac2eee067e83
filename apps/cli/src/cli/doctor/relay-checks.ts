// What `p2p-copy doctor` asks the relay: whether it is reached, by TLS and through whatever is on the way, and what its clock
// says. Nothing is sent that a relay would keep.
import { nextStepOf, TransferError } from '@p2p-copy/core';
import { createDial, endpoint } from '../../node/network/dial-relay.ts';
import { withoutLogin } from '../../node/network/relay-login.ts';
import { readCertificates } from '../../node/network/trust/read-certificates.ts';
import { type Download, download, SITE_LIMITS } from '../../site/download.ts';
import { quoted } from '../../wording/show-text.ts';
import { type Finding, ok } from './finding.ts';

/** Certificates and tokens end, and resumed transfers age, by the clock. */
const MOST_DRIFT_MS = 2 * 60_000;

export interface RelayToCheck {
  relay: string;
  /** The file of certificates to trust besides the system's. */
  trusted(): Promise<string | undefined>;
  signal: AbortSignal;
  nowMs: number;
}

export async function checkRelay({ relay, trusted, signal, nowMs }: RelayToCheck): Promise<Finding[]> {
  const place = quoted(withoutLogin(relay));
  try {
    const caFile = await trusted();
    const ca = caFile === undefined ? null : await readCertificates(caFile);
    const dial = createDial({ endpoint, isSealed: true, ...(ca !== null && { ca }) });
    (await dial(relay, signal)).terminate();
    const url = new URL(relay.replace(/^ws/i, 'http'));
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/version`;
    const answer = await download(url, { ca, signal, limits: SITE_LIMITS }).catch(() => null);
    const version = versionIn(answer);
    const told = version === null ? 'it does not tell its version' : `p2p-copy ${version}`;
    const reached = ok('relay', `The relay at ${place} is reached by WebSocket; ${told}.`);
    return answer?.kind === 'found' ? [reached, clockFinding(answer.dateMs, nowMs)] : [reached];
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    const next = nextStepOf(error.code, 'send');
    return [{ check: 'relay', result: 'mend', sentence: error.message, next }];
  }
}

function versionIn(answer: Download | null): string | null {
  if (answer?.kind !== 'found') return null;
  return /"version"\s*:\s*"(\d{1,5}\.\d{1,5}\.\d{1,5})"/.exec(answer.bytes.toString('latin1'))?.[1] ?? null;
}

function clockFinding(dateMs: number | null, nowMs: number): Finding {
  if (dateMs === null)
    return { check: 'clock', result: 'note', sentence: 'The relay tells no time to compare with.' };
  const driftMs = nowMs - dateMs;
  if (Math.abs(driftMs) <= MOST_DRIFT_MS) return ok('clock', 'The clock agrees with the relay’s.');
  const minutes = Math.round(Math.abs(driftMs) / 60_000);
  return {
    check: 'clock',
    result: 'mend',
    sentence: `The clock here is ${minutes} minutes ${driftMs > 0 ? 'ahead of' : 'behind'} the relay’s.`,
    next: 'Set the clock of the device that is wrong: certificates and access tokens begin and end by it.',
  };
}
