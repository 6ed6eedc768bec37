import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { LocalizedText } from '#kernel/text.ts';
import { currentLocale, keepLocale } from './locale.ts';
import type { zh } from './zh.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zh };
  }
}

async function load(locale: 'zh' | 'en') {
  return locale === 'zh' ? (await import('./zh.ts')).zh : (await import('./en.ts')).en;
}

function mark(locale: 'zh' | 'en') {
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en';
}

/** Loads the texts of the chosen language; the other one stays on the server until it is asked for. */
export async function startTexts(): Promise<void> {
  const locale = currentLocale();
  await i18next.use(initReactI18next).init({
    lng: locale,
    resources: { [locale]: { translation: await load(locale) } },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
    fallbackLng: false,
    returnNull: false,
  });
  mark(locale);
}

export async function switchLocale(next: 'zh' | 'en'): Promise<void> {
  if (!i18next.hasResourceBundle(next, 'translation')) {
    i18next.addResourceBundle(next, 'translation', await load(next));
  }
  keepLocale(next);
  mark(next);
  await i18next.changeLanguage(next);
}

/** `t` for the console's own texts, `pick` for texts that come from the API in both languages. */
export function useTexts() {
  const { t, i18n } = useTranslation();
  const locale: 'zh' | 'en' = i18n.language === 'en' ? 'en' : 'zh';
  return { t, locale, pick: (text: LocalizedText) => text[locale] };
}
