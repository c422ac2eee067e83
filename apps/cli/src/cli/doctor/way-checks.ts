// What `p2p-copy doctor` tells of the way to the relay: the proxy that the environment names, and the authorities that
// certificates are checked against.
import { TransferError } from '@p2p-copy/core';
import { ProxyError } from '../../node/network/proxy/proxy-error.ts';
import { namedProxies, proxyOf, shownProxy } from '../../node/network/proxy/proxy-of.ts';
import { certificateStore } from '../../node/network/trust/certificate-store.ts';
import { type Finding, ok } from './finding.ts';

export function checkProxy(relay: string, environment: NodeJS.ProcessEnv): Finding {
  const named = namedProxies(environment);
  if (named.length === 0) return ok('proxy', 'No proxy is set, and none is used.');
  try {
    const proxy = proxyOf(new URL(relay), environment);
    if (proxy === null) {
      const sentence = `The relay is called directly: ${named.join(' and ')} ${named.length === 1 ? 'is' : 'are'} for other addresses, or NO_PROXY exempts it.`;
      return ok('proxy', sentence);
    }
    const sentence = `The relay is called by way of the proxy ${shownProxy(proxy)}; content goes directly within this device’s own networks only.`;
    return ok('proxy', sentence);
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    const next = 'Set that variable as it says, or unset it.';
    return { check: 'proxy', result: 'mend', sentence: `${error.message}.`, next };
  }
}

export async function checkCertificates(environment: NodeJS.ProcessEnv): Promise<Finding> {
  try {
    const { sources } = await certificateStore(environment);
    return ok('certificates', `Certificates are checked against ${sources.join(' and ')}.`);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    const next = 'Set that variable to a file or folder of certificates in PEM format, or unset it.';
    return { check: 'certificates', result: 'mend', sentence: error.message, next };
  }
}
