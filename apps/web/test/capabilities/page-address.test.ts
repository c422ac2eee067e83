import { afterEach, expect, test, vi } from 'vitest';
import { pageAddress, serverAddress, typedAddress } from '../../src/capabilities/page-address.ts';

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['https://copy.example.org/', 'https://copy.example.org/', 'copy.example.org', 'https://copy.example.org'],
  ['https://h:8443/?shared=1#7-a-b', 'https://h:8443/', 'h:8443', 'https://h:8443'],
  ['https://h/copy/#7-a-b', 'https://h/copy/', 'h/copy', 'https://h/copy/'],
  ['https://h/a/b/index.html?x=/y/', 'https://h/a/b/', 'h/a/b', 'https://h/a/b/'],
  ['http://[::1]:8765/copy/', 'http://[::1]:8765/copy/', '[::1]:8765/copy', 'http://[::1]:8765/copy/'],
])('of a page at %s are its folder’s', (href, page, typed, server) => {
  vi.stubGlobal('location', new URL(href));
  expect([pageAddress(), typedAddress(), serverAddress()]).toEqual([page, typed, server]);
});
