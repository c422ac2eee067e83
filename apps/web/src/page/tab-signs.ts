// What a tab in the background tells by its title and its icon.
import type { View } from './app-state.svelte.ts';

export interface TabSigns {
  title: string;
  /** Of a running transfer, where its size is known. */
  percent: number | null;
}

const NAME = 'p2p-copy';
const PLAIN: TabSigns = { title: `${NAME}: send files to another device`, percent: null };

export function tabSignsOf(view: View): TabSigns {
  if (view.name !== 'send' && view.name !== 'receive') return PLAIN;
  const { state, title } = view.session;
  switch (state.name) {
    case 'sending':
    case 'receiving': {
      const { percent } = state.progress;
      return { title: percent === null ? `${title} · ${NAME}` : `${percent}% · ${title}`, percent };
    }
    case 'waiting':
      return { ...PLAIN, title: `Waiting · ${title}` };
    case 'review':
      return { ...PLAIN, title: `Accept? · ${title}` };
    case 'done':
      return { ...PLAIN, title: `Done · ${title}` };
    case 'failed':
      return { ...PLAIN, title: `Stopped · ${title || NAME}` };
    default:
      return PLAIN;
  }
}
