// The one import of the page's classic room: who has nothing to do with the Python tool doesn't load its screens and words.
import { spoken } from '../i18n/spoken.svelte.ts';

export type ClassicRoom = Awaited<ReturnType<typeof loadClassic>>;

/** Rejects when the server doesn't give it. */
export async function loadClassic() {
  const [{ Calling, Classic, ClassicSetup }] = await Promise.all([
    import('../classic/index.ts'),
    spoken.loadClassic(),
  ]);
  return { Calling, Classic, ClassicSetup };
}
