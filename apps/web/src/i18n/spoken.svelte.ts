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
/** A language that takes longer to come is said to be missing. */
export const CHOICE_MS = 10_000;

class Spoken {
  language = $state<Language>('en');
  words = $state.raw<Words>(en);
  /** As chosen last; another than `language` while it is being loaded. */
  wanted = $state<Language>('en');
  /** Chosen last, and not to be had: the server is away, or has a newer page. */
  missing = $state<Language | null>(null);
  /** Null until they are needed; then they follow the language. */
  classic = $state.raw<ClassicWords | null>(null);

  /** As remembered, or else as the browser wishes. To be awaited before anything is shown. */
  start(): Promise<void> {
    const speaking = this.#speak(recall(KEY, KNOWN) ?? preferredLanguage(navigator.languages));
    const late = new Promise<void>((resolve) => setTimeout(resolve, START_MS));
    return Promise.race([speaking.then(() => {}), late]);
  }

  /** Remembered once it is spoken. */
  async choose(language: Language): Promise<void> {
    if (await this.#speak(language)) remember(KEY, language);
  }

  /**
   * Loads every language, so that the person can change it later whatever becomes of the server: while a transfer runs, and when
   * they reach for the choice.
   */
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

  /** Whether it is spoken now: not when it can't be loaded, nor when another was chosen meanwhile. */
  async #speak(language: Language): Promise<boolean> {
    [this.wanted, this.missing] = [language, null];
    const isOld = () => this.wanted !== language;
    try {
      const words = await WORDS[language].within(CHOICE_MS);
      const classic = this.classic === null ? null : await CLASSIC[language].within(CHOICE_MS);
      if (isOld()) return false;
      this.words = words;
      this.language = language;
      // They may have come in the former language meanwhile.
      if (classic !== null) this.classic = classic;
      else if (this.classic !== null) await this.loadClassic();
    } catch {
      // What is spoken already stays.
      if (!isOld()) [this.wanted, this.missing] = [this.language, language];
      return false;
    }
    document.documentElement.lang = this.words.locale;
    document.documentElement.dir = this.words.dir;
    return true;
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
