// The one import of the page's classic room: who has nothing to do with the Python tool doesn't load its screens and words.
import { spoken } from '../i18n/spoken.svelte.ts';

export type ClassicRoom = typeof import('../classic/index.ts');

/** Rejects when the server doesn't give it. */
export async function loadClassic(): Promise<ClassicRoom> {
  const [room] = await Promise.all([import('../classic/index.ts'), spoken.loadClassic()]);
  return room;
}
