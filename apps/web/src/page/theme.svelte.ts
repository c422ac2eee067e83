// Light or dark: as the system says, or as the person chose, which this browser remembers.
import { recall, remember } from '../capabilities/remembered.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The grounds of app.css, for the browser's own frame around the page. */
const GROUNDS = { light: '#f5f4f0', dark: '#131517' };
const KEY = 'theme';

export class ThemeChoice {
  theme = $state<Theme>(recall(KEY, THEMES) ?? 'system');

  constructor() {
    this.#show();
  }

  choose(theme: Theme): void {
    this.theme = theme;
    remember(KEY, theme === 'system' ? null : theme);
    this.#show();
  }

  #show(): void {
    const { theme } = this;
    const root = document.documentElement;
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
      const ofSystem = meta.media.includes('dark') ? 'dark' : 'light';
      meta.content = GROUNDS[theme === 'system' ? ofSystem : theme];
    }
  }
}
