// Installs the service worker, once the page has loaded what it needs itself.

export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || navigator.serviceWorker === undefined) return;
  const register = () => {
    // Some private windows refuse it: then there is no page offline, and nothing else is lost.
    navigator.serviceWorker.register('./service-worker.js').catch(() => {});
  };
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}
