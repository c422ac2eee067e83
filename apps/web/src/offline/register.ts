// Installs the service worker, once the page has loaded what it needs itself.

import { tellRefused } from './refused.ts';

export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || navigator.serviceWorker === undefined) return;
  const register = () => {
    // Some private windows refuse it, and Chromium under a certificate that the person clicked through.
    navigator.serviceWorker.register('./service-worker.js').catch(async () => {
      // A server that can't be reached now is no refusal.
      if ((await navigator.serviceWorker.getRegistration()) !== undefined) return;
      promiseNoApp();
      tellRefused();
    });
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}

/** The manifest offers to install the page, and to share into it: both need the service worker. */
function promiseNoApp(): void {
  document.querySelector('link[rel=manifest]')?.remove();
}
