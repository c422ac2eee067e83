// The language that the page speaks: the first of the browser's that we have, or the one chosen here. English comes with
// the page, the others when they are needed.
import { recall, remember } from '../capabilities/remembered.ts';
import { en } from './en/en.ts';
import type { Words } from './words.ts';

/** Each by its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'language';
const KNOWN = Object.keys(LANGUAGES) as Language[];
const LOAD: Record<Language, () => Promise<Words>> = {
  en: async () => en,
  de: async () => (await import('./de/de.ts')).de,
  zh: async () => (await import('./zh/zh.ts')).zh,
};

class Spoken {
  language = $state<Language>('en');
  words = $state.raw<Words>(en);

  /** As remembered, or else as the browser wishes. To be awaited before anything is shown. */
  start(): Promise<void> {
    return this.#speak(recall(KEY, KNOWN) ?? preferredLanguage(navigator.languages));
  }

  choose(language: Language): Promise<void> {
    remember(KEY, language);
    return this.#speak(language);
  }

  async #speak(language: Language): Promise<void> {
    try {
      this.words = await LOAD[language]();
      this.language = language;
    } catch {
      // It can't be loaded just now: what is spoken already stays.
      return;
    }
    document.documentElement.lang = this.words.locale;
    document.documentElement.dir = this.words.dir;
  }
}

export const spoken = new Spoken();

/** The first that we have, by its primary tag. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const found = KNOWN.find((language) => language === tag.split('-', 1)[0]!.toLowerCase());
    if (found !== undefined) return found;
  }
  return 'en';
}
