// Devices with keys that a number repeats, and groups of them.
import type { Chain } from '../../src/group/chain.ts';
import { OwnGroup } from '../../src/group/own-group.ts';
import { type Said, type Statement, signStatement } from '../../src/group/statement.ts';
import type { DeviceClass } from '../../src/identity/device-name.ts';
import { type DeviceKey, deviceKeyOf } from '../../src/identity/device-signature.ts';

export interface Device {
  key: DeviceKey;
  name: string;
  deviceClass: DeviceClass;
  group: OwnGroup;
}

export const noPause = async () => {};

/** The key of a number; numbers up to 255. */
export function keyOf(number: number): DeviceKey {
  return deviceKeyOf(new Uint8Array(32).fill(number));
}

export const secretOf = (number: number) => new Uint8Array(32).fill(number);

/** A chain with statements behind it that were signed by hand, whether or not they count; as it goes over the wire. */
export async function forged(chain: Chain, ...steps: { key: DeviceKey; said: Said }[]): Promise<Statement[]> {
  const statements = [...chain.statements];
  for (const { key, said } of steps) {
    const { hash } = statements.at(-1)!;
    statements.push(await signStatement(key, chain.groupId, statements.length, hash, said));
  }
  return statements;
}

/** A view of the same group by another device, which holds the same secrets. */
export async function viewOf(group: OwnGroup, publicKey: Uint8Array<ArrayBuffer>): Promise<OwnGroup> {
  const { chain, secrets } = group.note();
  const note = { chain, secrets, paired: [], names: [], refused: [], fork: null };
  return OwnGroup.restored(publicKey, note, noPause);
}

/** Devices of one group: the first has founded it, and has added the others, all `full` unless their name begins with `page`. */
export async function devices(...names: string[]): Promise<Device[]> {
  const keys = names.map((_, i) => keyOf(i + 1));
  const founder = await OwnGroup.found(keys[0]!, names[0]!);
  for (const [i, name] of names.entries()) {
    if (i > 0)
      await founder.add(keys[0]!, { publicKey: keys[i]!.publicKey, deviceClass: classOf(name), name });
  }
  return Promise.all(
    names.map(async (name, i) => ({
      key: keys[i]!,
      name,
      deviceClass: classOf(name),
      group: i === 0 ? founder : await viewOf(founder, keys[i]!.publicKey),
    })),
  );
}

function classOf(name: string): DeviceClass {
  return name.startsWith('page') ? 'leaf' : 'full';
}
