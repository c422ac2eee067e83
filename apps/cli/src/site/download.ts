// Downloads single files of a site that isn't trusted: bounded in bytes and in time, and from nowhere else than asked.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { TransferError } from '@p2p-copy/core';
import { ProxyError } from '../node/network/proxy/proxy-error.ts';
import { withoutLogin } from '../node/network/relay-login.ts';
import { nodeClock } from '../node/time/clock.ts';
import { quoted } from '../wording/show-text.ts';
import { type SiteCall, siteCall } from './site-call.ts';

export interface SiteLimits {
  /** No file of an app is longer. */
  fileBytes: number;
  /** For one file, from the call to its last byte. */
  fileMs: number;
  /** Of all that isn't of the release, together. */
  additionalBytes: number;
  additionalMs: number;
}

export const SITE_LIMITS: SiteLimits = {
  fileBytes: 16 * 1024 * 1024,
  fileMs: 30_000,
  additionalBytes: 64 * 1024 * 1024,
  additionalMs: 60_000,
};

export type Download =
  /** `dateMs`: the server's clock, to a second; null where it tells none. */
  | { kind: 'found'; bytes: Buffer; dateMs: number | null }
  | { kind: 'too-long' }
  /** Answered with another status than 200; `location` is where it redirects to. */
  | { kind: 'refused'; status: number; location: string | null };

/** The site, or the way to it, gave no answer that can be judged. */
export class SiteError extends Error {
  readonly next: string;

  constructor(
    sentence: string,
    next = 'Check the address, and that a relay of p2p-copy serves its page there.',
  ) {
    super(sentence);
    this.next = next;
  }
}

/** How a file may be compressed on the way: browsers take both. */
export const CODINGS = ['br', 'gzip'] as const;
export type Coding = (typeof CODINGS)[number];

const DECODERS = { br: brotliDecompressSync, gzip: gunzipSync };

export interface DownloadOptions {
  /** Certificates to trust besides the system's, in PEM. */
  ca: string | null;
  signal: AbortSignal;
  limits: SiteLimits;
}

/**
 * @param coding the only one that is taken, besides none; null for none at all
 * @throws SiteError; the reason of `signal` when it is aborted
 */
export async function download(
  url: URL,
  { ca, signal, limits }: DownloadOptions,
  coding: Coding | null = null,
): Promise<Download> {
  const errorOf = (reason: string, through = '') =>
    signal.aborted
      ? signal.reason
      : new SiteError(`${quoted(withoutLogin(url.href))} cannot be judged${through}: ${reason}.`);
  const late = new AbortController();
  let site: SiteCall;
  try {
    site = await siteCall(url, ca, AbortSignal.any([signal, late.signal]));
  } catch (error) {
    throw errorOf(reasonOf(error as Error));
  }
  const { request, options, headers, refused, failed, through } = site;
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(errorOf(reason, through));
    const failBy = (error: Error) =>
      reject(error instanceof ProxyError ? errorOf(error.message) : errorOf(reasonOf(error), through));
    const call = request(
      {
        ...options,
        headers: { ...headers, 'accept-encoding': coding ?? 'identity', 'cache-control': 'no-cache' },
        signal,
      },
      (answer) => {
        const { statusCode = 0, headers } = answer;
        const refusal = refused(answer);
        if (refusal !== null) {
          failBy(refusal);
          call.destroy();
          return;
        }
        if (statusCode !== 200) {
          finish({ kind: 'refused', status: statusCode, location: headers.location ?? null });
          return;
        }
        const sentAs = headers['content-encoding'] ?? 'identity';
        if (sentAs !== 'identity' && sentAs !== coding) {
          fail(`it is compressed, though asked ${coding === null ? 'not to be' : `for ${coding}`}`);
          call.destroy();
          return;
        }
        const dateMs = dateOf(headers.date);
        const pieces: Buffer[] = [];
        let length = 0;
        answer.on('data', (piece: Buffer) => {
          length += piece.length;
          if (length > limits.fileBytes) finish({ kind: 'too-long' });
          else pieces.push(piece);
        });
        answer.on('end', () => {
          const sent = Buffer.concat(pieces);
          const bytes = sentAs === 'identity' ? sent : decodedBy(DECODERS[coding!], sent, limits.fileBytes);
          finish(bytes === null ? { kind: 'too-long' } : { kind: 'found', bytes, dateMs });
        });
        answer.on('error', (error) => fail(reasonOf(error)));
        answer.on('close', () => fail('it ended in the middle'));
      },
    );
    // Of the whole: a slow trickle keeps a socket's own timeout from ever coming.
    const cancelTimer = nodeClock.after(limits.fileMs, () => {
      fail(`it took more than ${limits.fileMs / 1000} s`);
      call.destroy();
      late.abort();
    });
    call.on('error', (error) => failBy(failed(error)));
    call.on('close', cancelTimer);
    call.end();

    function finish(found: Download): void {
      resolve(found);
      if (found.kind !== 'found') call.destroy();
    }
  });
}

/** Null for what decodes to more than `maxBytes`, or to nothing: neither is a file of an app. */
function decodedBy(
  decode: (sent: Buffer, options: { maxOutputLength: number }) => Buffer,
  sent: Buffer,
  maxBytes: number,
): Buffer | null {
  try {
    return decode(sent, { maxOutputLength: maxBytes });
  } catch {
    return null;
  }
}

function dateOf(text: string | undefined): number | null {
  const dateMs = Date.parse(text ?? '');
  return Number.isNaN(dateMs) ? null : dateMs;
}

function reasonOf(error: Error & { code?: unknown }): string {
  if (error instanceof ProxyError) return error.message;
  // Of certificates to trust that can't be read: a sentence.
  if (error instanceof TransferError) return error.message.replace(/\.$/, '');
  const code = typeof error.code === 'string' ? error.code : '';
  if (/^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) {
    return `its certificate is not trusted (${code}); --ca-file names one to trust`;
  }
  return REASONS[code] ?? (code === '' ? error.message : code);
}

const REASONS: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name could not be looked up',
  EPROTO: 'it does not speak TLS; try http:// instead of https://',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};
