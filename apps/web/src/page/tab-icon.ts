// The tab's icon: the page's own, or how far a transfer is.

const PLAIN = './icon.svg';
const RADIUS = 10;

export function showTabIcon(percent: number | null): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link !== null)
    link.href = percent === null ? PLAIN : `data:image/svg+xml,${encodeURIComponent(ringOf(percent))}`;
}

/** A ring that fills clockwise from the top, in the colours of icon.svg. */
function ringOf(percent: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="9" fill="#0b6b63"/>
<g fill="none" stroke="#fff" stroke-width="5" transform="rotate(-90 16 16)">
<circle cx="16" cy="16" r="${RADIUS}" opacity=".3"/>
<circle cx="16" cy="16" r="${RADIUS}" pathLength="100" stroke-dasharray="${percent} 100"/>
</g></svg>`;
}
