// What a disk is asked about names, in calls of the system: an offer decides how many there are, and a share answers each in milliseconds.
import type fs from 'node:fs';
import { readdirSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { placesOn } from '../../../src/node/disk/asked-names.ts';
import { nodeClock } from '../../../src/node/time/clock.ts';
import { mountDisk } from '../../disks.ts';
import { manifestOf } from '../sinks/manifest-of.ts';

const opened = vi.hoisted(() => ({ count: 0 }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const openSync = (...args: Parameters<typeof fs.openSync>) => {
    opened.count += 1;
    return real.openSync(...args);
  };
  return { ...real, openSync, default: real };
});

/** Names of 84 characters each that no other one has, from the first ideograph on. */
const idea = (name: number) =>
  String.fromCharCode(...Array.from({ length: 84 }, (_, i) => 0x4e00 + 84 * name + i));

it('asks for all new characters of a name at once, and alone only for what is refused', async (context) => {
  const disk = await mountDisk(context, 'ntfs', 'windows_names');
  const names = Array.from({ length: 100 }, (_, i) => (i % 2 ? `${idea(i)}:` : idea(i)));
  opened.count = 0;
  const { placed } = await placesOn(disk, manifestOf(names), nodeClock);
  expect(names.map((_, i) => placed.files.get(i) ?? null)).toEqual(
    names.map((name, i) => (i % 2 ? name.replace(':', '_') : null)),
  );
  expect(opened.count).toBeLessThan(3 * names.length);
  expect(readdirSync(disk).filter((name) => name.startsWith('.p2p'))).toEqual([]);
});
