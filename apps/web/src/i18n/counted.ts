// "1 file", "2 files": by the rules of a language, with the number as it is written there.

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** @param forms with `#` in place of the number */
export function counted(locale: string, forms: Forms): (count: number) => string {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return (count) => (forms[rules.select(count)] ?? forms.other).replace('#', numbers.format(count));
}
