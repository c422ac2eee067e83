// Which headers go with which answer: one table, first match wins.

/**
 * What answers with the headers of a path and a status.
 * @param otherNames origins of the relay's other names, to which its page may be redirected
 */
export function headerTable(
  otherNames: readonly string[],
): (path: string, statusCode: number) => Record<string, string> {
  // 'self' covers ws: and wss: to the same host too; another origin's scheme covers only itself.
  const sources = ["'self'", ...otherNames.map((origin) => origin.replace(/^http/, 'ws'))].join(' ');
  const rules = RULES.map((rule) => ({
    ...rule,
    policy: rule.policy.replace(CONNECT_SRC, `connect-src ${sources}`),
  }));
  return (path, statusCode) => {
    const rule = rules.find(({ matches }) => matches.test(path))!;
    return {
      ...EVERYWHERE,
      'content-security-policy': rule.policy,
      'cache-control': statusCode < 400 ? rule.caching : 'no-store',
    };
  };
}

/**
 * What binds browsers to https at this host for two years. Not to localhost, where it would bind all that runs on that
 * machine.
 */
export function strictTransport(hostname: string): Record<string, string> {
  return hostname === 'localhost' ? {} : { 'strict-transport-security': 'max-age=63072000' };
}

/** The directive that other names are added to. */
const CONNECT_SRC = "connect-src 'self'";

const DOCUMENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  CONNECT_SRC,
  "worker-src 'self'",
  // For a download that the service worker streams. What the relay itself serves can't be framed, as said below.
  "frame-src 'self'",
  "manifest-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Svelte's own markup, and what apps/web/trusted-addresses.ts allows: the address of the engine.
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html default',
].join('; ');

/** zstd-codec calls `new Function`. A worker runs under its own script's policy, so only that one allows it. */
const ENGINE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'",
  CONNECT_SRC,
].join('; ');

const A_YEAR = 'public, max-age=31536000, immutable';
/** Kept, but asked for again each time: a new build shows at once. */
const REVALIDATED = 'no-cache';

const RULES = [
  { matches: /^\/assets\/engine[^/]*\.js$/, policy: ENGINE_POLICY, caching: A_YEAR },
  { matches: /^\/assets\//, policy: DOCUMENT_POLICY, caching: A_YEAR },
  { matches: /^\/(healthz|version|origin-check|addresses)$/, policy: DOCUMENT_POLICY, caching: 'no-store' },
  { matches: /^/, policy: DOCUMENT_POLICY, caching: REVALIDATED },
];

const NO_PERMISSIONS = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'serial',
  'usb',
];

const EVERYWHERE = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-robots-tag': 'noindex',
  'permissions-policy': NO_PERMISSIONS.map((feature) => `${feature}=()`).join(', '),
};

/** The path of a request, without its query. */
export function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0]!;
}
