// docs/JSON.md: it names every event, and its example works as it stands.
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { BIN, codeOf, run, startRelayProcess } from './cli-process.ts';

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
const DOCUMENT = read('../../../../docs/JSON.md');

it('names every event that is printed, and no other', () => {
  const folders = ['groups', 'group-commands'].flatMap((folder) =>
    readdirSync(fileURLToPath(new URL(`../../src/cli/${folder}`, import.meta.url))).map(
      (file) => `${folder}/${file}`,
    ),
  );
  const sources = ['reports/scripts/json-report.ts', 'commands/send/list-content.ts', ...folders];
  const printed = sources.flatMap((file) => {
    const source = read(`../../src/cli/${file}`);
    const shorthand = /case '[a-z-]+':\s+(?=(?:case|this\.#line\(\{ event: event\.type))/g;
    const shortened = file.startsWith('reports/') ? source.matchAll(shorthand) : [];
    return [...source.matchAll(/event: '([a-z-]+)'/g), ...shortened].map(
      ([whole, name]) => name ?? /'([a-z-]+)'/.exec(whole)![1]!,
    );
  });
  const rows = [...DOCUMENT.matchAll(/^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|/gm)];
  const documented = rows.flatMap(([, names]) =>
    [...names!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!),
  );
  expect([...documented].sort()).toEqual([...new Set(printed)].sort());
});

it('has an example that works', async () => {
  const relay = await startRelayProcess();
  const root = await scratchFolder();
  writeFileSync(join(root, 'a.txt'), 'content');
  symlinkSync(BIN, join(root, 'p2p-copy'));
  const example = join(root, 'example.mjs');
  writeFileSync(example, /```js\n(.*?)```/s.exec(DOCUMENT)![1]!);
  const sender = run(['send', join(root, 'a.txt')], { set: { P2P_COPY_RELAY: relay.url } });
  const set = {
    P2P_COPY_RELAY: relay.url,
    P2P_COPY_CODE: await codeOf(sender),
    PATH: `${root}:${process.env.PATH}`,
  };
  const receiver = run([], { bin: example, cwd: root, set });
  expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  expect(receiver.stdout.toString()).toContain(`1 files are in ${join(root, 'inbox')}\n`);
  expect(readFileSync(join(root, 'inbox/a.txt'), 'utf8')).toBe('content');
  await relay.stop();
});
