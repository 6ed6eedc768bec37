import './money.css';
import { API_BASE } from '../api/client.ts';
import { useTexts } from '../i18n/texts.ts';

/** A file of the API's, by the browser's own download. */
export function FileLink({ path, name, label }: { path: string; name: string; label?: string }) {
  const { t } = useTexts();
  return (
    <a href={`${API_BASE}${path}`} download className="button button-small" aria-label={name}>
      {label ?? t('papers.pdf')}
    </a>
  );
}
