// Whether the browser has refused the service worker, for those who would wait for it.

let resolveRefused = () => {};
/** Resolves when it has; else never. */
export const serviceWorkerRefused = new Promise<void>((resolve) => {
  resolveRefused = resolve;
});

export function tellRefused(): void {
  resolveRefused();
}
