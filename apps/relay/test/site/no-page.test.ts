// What is answered where there is nothing: a page to people, a line to programs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { relayWith } from '../running-relays.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const PAGE = readFileSync(new URL('../../../web/public/404.html', import.meta.url), 'utf8');

async function site(): Promise<string> {
  const webRoot = mkdtempSync(join(tmpdir(), 'relay-no-page-'));
  onTestFinished(() => rmSync(webRoot, { recursive: true }));
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html>');
  writeFileSync(join(webRoot, '404.html'), PAGE);
  return (await relayWith({ webRoot })).url;
}

const ask = (url: string, accept: string, method = 'GET') => fetch(url, { method, headers: { accept } });

it.each([
  ['/nowhere', './'],
  ['/7-guitar-ocean?x=/assets/y', './'],
  ['/a/b', '../'],
  ['/a/b/c.html', '../../'],
  ['/a/', '../'],
])('a person gets a page at %s, which leads to the first screen', async (path, root) => {
  const answer = await ask((await site()) + path, BROWSER);
  const text = await answer.text();
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    404,
    'text/html; charset=utf-8',
    'no-store',
  ]);
  expect(text).toBe(PAGE.replaceAll('="./', `="${root}`));
  for (const language of ['en', 'de', 'zh']) expect(text).toContain(`<section lang="${language}">`);
});

it.each([
  ['/nowhere', '*/*', 'GET'],
  ['/nowhere', 'application/json', 'GET'],
  ['/nowhere', 'text/html;q=0, */*', 'GET'],
  ['/nowhere', BROWSER, 'POST'],
  ['/assets/index-gone.js', BROWSER, 'GET'],
  ['/gone.json', BROWSER, 'GET'],
  ['/metrics', BROWSER, 'GET'],
  ['/version/x', BROWSER, 'GET'],
  ['/rooms/x', BROWSER, 'GET'],
  [`/${'a/'.repeat(40)}`, BROWSER, 'GET'],
])('a program gets a line at %s (%s, %s)', async (path, accept, method) => {
  const answer = await ask((await site()) + path, accept, method);
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    404,
    'text/plain; charset=utf-8',
    'Nothing here.\n',
  ]);
});

it('there is a line where the app has no such page, and where there is no app', async () => {
  const { url } = await relayWith({ webRoot: null });
  expect(await (await ask(`${url}/nowhere`, BROWSER)).text()).toBe('Nothing here.\n');
});
