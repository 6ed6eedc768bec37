import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { brandQuery } from '../api/queries.ts';
import { switchLocale, useTexts } from '../i18n/texts.ts';

/** The brand's name beside a seal of its first character. */
export function BrandMark({ suffix }: { suffix?: string }) {
  const { pick } = useTexts();
  const name = pick(useSuspenseQuery(brandQuery).data.name);
  return (
    <Link to="/" className="mark">
      <span className="mark-seal" aria-hidden="true">
        {[...name][0]}
      </span>
      <span>
        {name}
        {suffix ? <span className="mark-suffix"> {suffix}</span> : null}
      </span>
    </Link>
  );
}

export function LanguageSwitch() {
  const { t, locale } = useTexts();
  const queryClient = useQueryClient();
  return (
    <button
      type="button"
      className="link-button language"
      aria-label={t('app.languageLabel')}
      onClick={async () => {
        await switchLocale(locale === 'zh' ? 'en' : 'zh');
        // Some answers carry texts in one language only.
        await queryClient.invalidateQueries();
      }}
    >
      {t('app.language')}
    </button>
  );
}

/** Title of the browser's tab: what the page is, then whose. */
export function PageTitle({ title }: { title?: string }) {
  const { pick } = useTexts();
  const name = pick(useSuspenseQuery(brandQuery).data.name);
  return <title>{title ? `${title} · ${name}` : name}</title>;
}
