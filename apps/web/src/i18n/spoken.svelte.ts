// The language that the page speaks: the first of the browser's that we have, or the one chosen here. English comes with
// the page, the others when they are needed.
import { recall, remember } from '../capabilities/remembered.ts';
import { en } from './en/en.ts';
import type { ClassicWords, Words } from './words.ts';

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
const LOAD_CLASSIC: Record<Language, () => Promise<ClassicWords>> = {
  en: async () => (await import('./en/en-classic.ts')).classic,
  de: async () => (await import('./de/de-classic.ts')).classic,
  zh: async () => (await import('./zh/zh-classic.ts')).classic,
};

class Spoken {
  language = $state<Language>('en');
  words = $state.raw<Words>(en);
  /** Null until they are needed; then they follow the language. */
  classic = $state.raw<ClassicWords | null>(null);

  /** As remembered, or else as the browser wishes. To be awaited before anything is shown. */
  start(): Promise<void> {
    return this.#speak(recall(KEY, KNOWN) ?? preferredLanguage(navigator.languages));
  }

  choose(language: Language): Promise<void> {
    remember(KEY, language);
    return this.#speak(language);
  }

  /** Loads the words for a transfer with the Python tool. Rejects when the server doesn't give them. */
  async loadClassic(): Promise<void> {
    for (let language: Language | null = null; language !== this.language; ) {
      language = this.language;
      this.classic = await LOAD_CLASSIC[language]();
    }
  }

  async #speak(language: Language): Promise<void> {
    try {
      const words = await LOAD[language]();
      const classic = this.classic === null ? null : await LOAD_CLASSIC[language]();
      this.words = words;
      this.language = language;
      // They may have come in the former language meanwhile.
      if (classic !== null) this.classic = classic;
      else if (this.classic !== null) await this.loadClassic();
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
