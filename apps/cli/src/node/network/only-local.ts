// Addresses that mean another machine when another machine uses them.

/** Whether `url` names this machine by a loopback address or as `localhost`. */
export function isOnlyLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(localhost|.*\.localhost|\[::1\]|127\.[\d.]+)$/.test(hostname);
}
