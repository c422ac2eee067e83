// The page for an address at which there is none: `404.html` of the built app, for whoever looks for a page. Everything else that asks
// for what isn't there gets a line of text.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What programs ask for, and what a page loads: a page in its place would hide that it is missing. */
const OF_PROGRAMS = /^\/(?:assets|icons)\/|\.(?!html?$)\w{1,12}$/;
const OF_RELAY = /^\/(?:ws|rooms|healthz|readyz|version|metrics|status|addresses|origin-check)(?:\/|$)/;
/** Deeper addresses get the line of text: the page leads back to its root by as many steps. */
const MAX_DEPTH = 32;
const MAX_BYTES = 64 * 1024;

/**
 * Answers with the page, or a line of text, and 404.
 * @param webRoot folder of the built app; null for none
 */
export function answerNoPage(webRoot: string | null) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const page = await noPage(request, webRoot, request.url.split(/[?#]/, 1)[0]!);
    reply.code(404).type(`text/${page === null ? 'plain' : 'html'}; charset=utf-8`);
    return reply.send(page ?? 'Nothing here.\n');
  };
}

/**
 * The page, with links that lead from `path` to the root of the app, wherever a proxy has put that. Null where a line of text is due.
 */
async function noPage(
  { method, headers }: FastifyRequest,
  webRoot: string | null,
  path: string,
): Promise<string | null> {
  const looksForPage = (method === 'GET' || method === 'HEAD') && takesHtml(headers.accept);
  const depth = path.split('/').length - 2;
  if (webRoot === null || !looksForPage || depth > MAX_DEPTH) return null;
  if (OF_PROGRAMS.test(path) || OF_RELAY.test(path)) return null;
  const file = join(webRoot, '404.html');
  try {
    if ((await stat(file)).size > MAX_BYTES) return null;
    const root = depth === 0 ? './' : '../'.repeat(depth);
    return (await readFile(file, 'utf8')).replaceAll(/\b(href|src)="\.\//g, `$1="${root}`);
  } catch {
    return null;
  }
}

/** A browser names it when it opens a page; what scripts load has a wildcard alone. */
function takesHtml(accept: string | undefined): boolean {
  return /(?:^|,)\s*text\/html\s*(?:,|;(?!\s*q\s*=\s*0(?:\.0*)?\s*(?:,|$))|$)/i.test(accept ?? '');
}
