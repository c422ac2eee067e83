// Limits that no setting changes: PROTOCOL.md section 14 prints what the code has. Tests of each room hit them.
import { readFileSync } from 'node:fs';
import {
  MAX_CARD_BYTES,
  MAX_ROOM_MESSAGE_BYTES,
  MAX_ROOM_TEXT_BYTES,
  ROOM_PAGE_CHARACTERS,
} from '@p2p-copy/core/relay-protocol';
import { expect, test } from 'vitest';
import { PASS_LIFETIME_MS } from '../src/access/passes.ts';
import { MAX_TOKEN_FILE_BYTES, MAX_TOKENS } from '../src/access/token-file.ts';
import { MAX_HOPS } from '../src/asked/asked-host.ts';
import { MAX_FILE_BYTES } from '../src/foundation/read-small-file.ts';
import { MAX_ADMIN_CONNECTIONS } from '../src/http/admin-app.ts';
import { MAX_TOLD_ORIGINS } from '../src/http/refused-origins.ts';
import { MAX_ADDRESSES } from '../src/limits/token-buckets.ts';
import { MAX_ROOM_PAUSE_MS } from '../src/presence/room-board.ts';
import {
  MAX_ROOM_BACKLOG_MESSAGES,
  MAX_WAITED_BEATS,
  ROOM_PING_MS,
} from '../src/presence/room-connection.ts';
import { MAX_KEPT } from '../src/rates/transfer-quotas.ts';
import { MAX_SOCKET_PATH_BYTES } from '../src/settings/addresses.ts';
import { MAX_NAMED_ATTRIBUTES, MAX_REQUEST_BYTES } from '../src/stun/message.ts';
import { MAX_STUN_ADDRESSES } from '../src/stun/open-stun.ts';

test('the document has the fixed limits of the code', () => {
  const document = readFileSync(new URL('../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const table = document.slice(document.indexOf('| fixed limit |')).split('\n\n')[0]!;
  const rows = [...table.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [
    name,
    Number(value),
  ]);
  expect(rows).toEqual(
    Object.entries({
      MAX_HOPS,
      MAX_TOLD_ORIGINS,
      MAX_ADMIN_CONNECTIONS,
      MAX_SOCKET_PATH_BYTES,
      MAX_FILE_BYTES,
      MAX_TOKENS,
      MAX_TOKEN_FILE_BYTES,
      PASS_LIFETIME_MS,
      MAX_ADDRESSES,
      MAX_KEPT,
      MAX_STUN_ADDRESSES,
      MAX_REQUEST_BYTES,
      MAX_NAMED_ATTRIBUTES,
      MAX_CARD_BYTES,
      MAX_ROOM_MESSAGE_BYTES,
      MAX_ROOM_TEXT_BYTES,
      ROOM_PAGE_CHARACTERS,
      ROOM_PING_MS,
      MAX_ROOM_BACKLOG_MESSAGES,
      MAX_WAITED_BEATS,
      MAX_ROOM_PAUSE_MS,
    }),
  );
});
