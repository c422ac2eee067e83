// The language that the page speaks: the first of the browser's that we have, or the one chosen here. English comes with
// the page, the others when they are needed.
import { recall, remember } from '../capabilities/remembered.ts';
import { ModuleLoader } from '../loading/module-loader.ts';
import { en } from './en/en.ts';
import type { ClassicWords, Words } from './words.ts';

/** Each by its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = 'language';
const KNOWN = Object.keys(LANGUAGES) as Language[];
const WORDS: Record<Language, ModuleLoader<Words>> = {
  en: new ModuleLoader(async () => en),
  de: new ModuleLoader(async () => (await import('./de/de.ts')).de),
  zh: new ModuleLoader(async () => (await import('./zh/zh.ts')).zh),
};
const CLASSIC: Record<Language, ModuleLoader<ClassicWords>> = {
  en: new ModuleLoader(async () => (await import('./en/en-classic.ts')).classic),
  de: new ModuleLoader(async () => (await import('./de/de-classic.ts')).classic),
  zh: new ModuleLoader(async () => (await import('./zh/zh-classic.ts')).classic),
};
/** The page is shown in English rather than later than this. */
const START_MS = 3000;

class Spoken {
  language = $state<Language>('en');
  words = $state.raw<Words>(en);
  /** Null until they are needed; then they follow the language. */
  classic = $state.raw<ClassicWords | null>(null);

  /** As remembered, or else as the browser wishes. To be awaited before anything is shown. */
  start(): Promise<void> {
    const speaking = this.#speak(recall(KEY, KNOWN) ?? preferredLanguage(navigator.languages));
    return Promise.race([speaking, new Promise<void>((resolve) => setTimeout(resolve, START_MS))]);
  }

  choose(language: Language): Promise<void> {
    remember(KEY, language);
    return this.#speak(language);
  }

  /** Loads every language, so that the person can change it later whatever becomes of the server: while a transfer runs. */
  keepAll(): void {
    const loaders = [...Object.values(WORDS), ...(this.classic === null ? [] : Object.values(CLASSIC))];
    // What doesn't come now is tried again when it is chosen.
    for (const loader of loaders) loader.get().catch(() => {});
  }

  /** Loads the words for a transfer with the Python tool. Rejects when the server doesn't give them. */
  async loadClassic(): Promise<void> {
    for (let language: Language | null = null; language !== this.language; ) {
      language = this.language;
      this.classic = await CLASSIC[language].get();
    }
  }

  async #speak(language: Language): Promise<void> {
    try {
      const words = await WORDS[language].get();
      const classic = this.classic === null ? null : await CLASSIC[language].get();
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
