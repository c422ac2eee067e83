// Where this page is: at the root of its origin, or at a path below which a proxy puts it. All that it loads and connects
// to is below the same path.

/** The URL of the page's folder, which is that of its relay too: with a slash at its end, without query and fragment. */
export function pageAddress(): string {
  return new URL('.', location.href).href;
}

/** Whether a link's site is this one, by whichever of http and https. */
export function isThisSite(site: string): boolean {
  const [link, page] = [new URL('.', site), new URL(pageAddress())];
  const isSameHost =
    link.protocol === page.protocol ? link.host === page.host : link.hostname === page.hostname;
  return isSameHost && link.pathname === page.pathname;
}

/** The same as people type it: `copy.example.org`, or `example.org/copy`. */
export function typedAddress(address: string = pageAddress()): string {
  const { host, pathname } = new URL(address);
  return host + withoutSlash(pathname);
}

/** The same for a program that takes the address of a server: no slash where there is no path. */
export function serverAddress(address: string = pageAddress()): string {
  const { origin, pathname } = new URL(address);
  return pathname === '/' ? origin : origin + pathname;
}

function withoutSlash(pathname: string): string {
  return pathname.replace(/\/$/, '');
}
