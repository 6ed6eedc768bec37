import type { Locale } from '#kernel/text.ts';

const KEPT = 'locale';

function firstLocale(): Locale {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

let locale: Locale = firstLocale();

/** The language that pages and API answers are in: chosen once, else the browser's. */
export function currentLocale(): Locale {
  return locale;
}

export function keepLocale(next: Locale): void {
  locale = next;
  localStorage.setItem(KEPT, next);
}
