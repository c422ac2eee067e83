// What a tab in the background tells by its title and its icon.

import { spoken } from '../i18n/spoken.svelte.ts';
import type { View } from './app-state.svelte.ts';

export interface TabSigns {
  title: string;
  /** Of a running transfer, where its size is known. */
  percent: number | null;
}

const NAME = 'p2p-copy';

export function tabSignsOf(view: View): TabSigns {
  const words = spoken.words.tab;
  const plain: TabSigns = { title: words.plain, percent: null };
  if (view.name !== 'send' && view.name !== 'receive') return plain;
  const { state, title } = view.session;
  switch (state.name) {
    case 'sending':
    case 'receiving': {
      const { percent } = state.progress;
      return { title: percent === null ? `${title} · ${NAME}` : `${percent}% · ${title}`, percent };
    }
    case 'waiting':
      return { ...plain, title: `${words.waiting} · ${title}` };
    case 'review':
      return { ...plain, title: `${words.accept} · ${title}` };
    case 'done':
      return { ...plain, title: `${words.done} · ${title}` };
    case 'failed':
      return { ...plain, title: `${words.stopped} · ${title || NAME}` };
    default:
      return plain;
  }
}
