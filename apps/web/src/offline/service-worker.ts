// The service worker: the page opens offline too, takes what a phone's share sheet hands to it, and downloads what arrives.
// Answers from what is stored only where the address holds a digest of the content, or where the network gives nothing.
import type { DownloadRequest } from './download-messages.ts';
import { answerDownload, begunDownload, failDownload, keepDownload, openDownload } from './downloads.ts';
import type { DropShared, ReadShared } from './shared.ts';
import { DRAFT_MS, SharedDrafts } from './shared-drafts.ts';

/** What is stored for use offline; the build writes it. Another build has another version, and so another store. */
declare const __SHELL__: { version: string; paths: string[] };
declare const self: ServiceWorkerGlobalScope;

/** The path that the page is at, and all that it loads below it: a proxy may have put it anywhere. */
const PAGE = new URL(self.registration.scope).pathname;
const SHARE = `${PAGE}share`;
const SHARED = `${PAGE}?shared=`;
const ASSETS = `${PAGE}assets/`;
const shell = __SHELL__;
/** All paths of an origin share its caches: a store names its own, as no other can. */
const STORES = `shell ${PAGE} `;
const store = STORES + shell.version;
/** The page of builds before this was always at the root. */
const FORMER_STORE = /^shell-[0-9a-f]{16}$/;
const stored = new Set(shell.paths.map((path) => new URL(path, self.registration.scope).pathname));

const drafts = new SharedDrafts(() => performance.now());

self.addEventListener('install', (event) => event.waitUntil(fill()));
// Not before the last tab of the former build is closed: it may still need that build's files.
self.addEventListener('activate', (event) => event.waitUntil(dropFormer()));

self.addEventListener('fetch', (event) => {
  const answer = answerTo(event);
  if (answer !== null) event.respondWith(answer);
});

self.addEventListener('message', (event) => {
  const request = event.data as ReadShared | DropShared | DownloadRequest;
  const answer = (given: unknown) => event.ports[0]?.postMessage(given);
  switch (request.type) {
    case 'read-shared':
      return answer(drafts.read(request.id));
    case 'drop-shared':
      return drafts.drop(request.id);
    case 'can-download':
      return answer(true);
    case 'open-download':
      answer(PAGE + openDownload(request.id, request.name, request.sizeBytes, event.ports[1]!));
      return event.waitUntil(keepDownload(request.id));
    case 'await-download':
      return event.waitUntil(begunDownload(request.id).then(() => answer(true)));
    case 'keep-download':
      return event.waitUntil(keepDownload(request.id));
    case 'fail-download':
      return failDownload(request.id);
  }
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(showPage());
});

/** Null for all that is none of our business: the browser then does what it does without us. */
function answerTo(event: FetchEvent): Response | Promise<Response> | null {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return null;
  if (request.method === 'POST') return pathname === SHARE ? takeOver(event) : null;
  const below = pathname.startsWith(PAGE) ? pathname.slice(PAGE.length) : null;
  const download = request.method === 'GET' && below !== null ? answerDownload(below) : null;
  if (download !== null) return download;
  if (request.method !== 'GET' || !stored.has(pathname)) return null;
  return pathname.startsWith(ASSETS) ? assetAt(request) : fromNetwork(request, pathname);
}

async function fill(): Promise<void> {
  const cache = await caches.open(store);
  // Whatever the browser's own cache holds of the page, this is to be of one build.
  await cache.addAll(Array.from(stored, (path) => new Request(path, { cache: 'no-cache' })));
}

async function dropFormer(): Promise<void> {
  const names = await caches.keys();
  const isFormer = (name: string) =>
    (name.startsWith(STORES) && name !== store) || (PAGE === '/' && FORMER_STORE.test(name));
  await Promise.all(names.filter(isFormer).map((name) => caches.delete(name)));
}

/** What a new build changed shows at once. */
async function fromNetwork(request: Request, path: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    const found = await caches.match(path, { cacheName: store });
    if (found === undefined) throw cause;
    return found;
  }
}

async function assetAt(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: store })) ?? fetch(request);
}

/** Keeps what was shared as a draft, whoever posted it: any website can. Nothing of it leaves the device here. */
async function takeOver(event: FetchEvent): Promise<Response> {
  const form = await event.request.formData();
  const texts = ['title', 'text', 'url'].map((name) => form.get(name));
  const id = crypto.randomUUID();
  drafts.add(id, {
    files: form.getAll('files').filter((entry) => entry instanceof File),
    text: texts.filter((text) => typeof text === 'string' && text !== '').join('\n'),
  });
  // A browser ends an idle service worker. The page that this opens holds what it has read.
  event.waitUntil(new Promise((resolve) => setTimeout(resolve, DRAFT_MS)));
  return Response.redirect(SHARED + id, 303);
}

async function showPage(): Promise<void> {
  const [tab] = await self.clients.matchAll({ type: 'window' });
  if (tab !== undefined) await tab.focus();
  else await self.clients.openWindow(PAGE);
}
