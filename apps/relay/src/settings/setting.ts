// One row of the settings' table: its kind of value, its default, and what an operator reads about it.

/** A kind of value: the library gives it typed; flags, the environment and the file give it written. */
export interface Kind<T> {
  /** What the value counts, or what kind of thing it is. */
  readonly unit: string;
  /** The typed values that are allowed, for people. */
  readonly allowed: string;
  /** The written values that are allowed, for people. */
  readonly allowedWritten: string;
  /** Stands for the value in the help, such as `number`; null for a switch, whose flag takes none. */
  readonly placeholder: string | null;
  /** Whether its flag may be given several times, and its values be parted by commas. */
  readonly isList: boolean;
  accepts(value: unknown): boolean;
  /** The typed value of a text, which `accepts` may still refuse; undefined for a text of another form. */
  read(text: string): T | undefined;
  /** The text that `read` takes for this value. */
  show(value: T): string;
}

export interface Remarks {
  /** One sentence for the help and the documents. */
  readonly purpose: string;
  /** Whether a running relay takes another value; connections and pairs that run keep what they began with. */
  readonly isReloadable: boolean;
  /** Whether `relay --help` shows it, too. */
  readonly isCommon?: boolean;
  /** The flag without its dashes, where it isn't the name in kebab-case. */
  readonly flag?: string;
}

export interface Setting<T> extends Kind<T>, Remarks {
  readonly default: T;
}

export function setting<T>(kind: Kind<T>, byDefault: T, remarks: Remarks): Setting<T> {
  return { ...kind, default: byDefault, ...remarks };
}

export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;

/** The typed values of a table's settings. */
export type ValuesOf<Table extends SettingsTable> = {
  -readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never;
};
