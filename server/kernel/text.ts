/** Every text that a customer or operator reads exists in both languages. */
export type Locale = 'zh' | 'en';

export interface LocalizedText {
  zh: string;
  en: string;
}

export function pick(text: LocalizedText, locale: Locale): string {
  return text[locale];
}

/** The better of our two languages for an Accept-Language header (RFC 9110 §12.5.4); Chinese when it says nothing. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  const ranked = (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((p) => /^\s*q=([01](?:\.\d{1,3})?)$/.exec(p)?.[1]).find(Boolean);
      return { tag, quality: Number(quality ?? 1) };
    })
    .sort((a, b) => b.quality - a.quality);
  return ranked.find(({ tag }) => /^(zh|en)(-|$)/.test(tag))?.tag.startsWith('en') ? 'en' : 'zh';
}

/** Fills `{name}` places. A place without a value is a programmer's error. */
export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`text has no value for {${key}}`);
    return String(value);
  });
}

/** As it is, in a pattern of LIKE. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
