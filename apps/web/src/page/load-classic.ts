// The one import of the page's classic room: who has nothing to do with the Python tool doesn't load its screens and words.
import { spoken } from '../i18n/spoken.svelte.ts';
import { ModuleLoader } from '../loading/module-loader.ts';

export type ClassicRoom = Awaited<ReturnType<typeof loadClassic>>;

const rooms = new ModuleLoader(() => import('../classic/index.ts'));

/** Rejects when the server doesn't give it. */
export async function loadClassic() {
  const [{ Calling, Classic, ClassicSetup }] = await Promise.all([rooms.get(), spoken.loadClassic()]);
  return { Calling, Classic, ClassicSetup };
}
