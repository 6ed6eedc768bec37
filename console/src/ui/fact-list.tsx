import { useTexts } from '../i18n/texts.ts';
import { When } from './time.tsx';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** A recorded act in the reader's words; its code on hover, and where there are no words yet. */
export function ActName({ action }: { action: string }) {
  const { t } = useTexts();
  const names: Record<string, string> = t('acts', { returnObjects: true });
  const name = names[action.replaceAll(/[.-]/g, '_')];
  return name ? <span title={action}>{name}</span> : <code>{action}</code>;
}

/** The facts of a recorded act, as they were written down. */
export function FactList({ facts }: { facts: Record<string, unknown> }) {
  const { t } = useTexts();
  const names: Record<string, string> = t('factNames', { returnObjects: true });
  return (
    <span className="fact-list">
      {Object.entries(facts).map(([name, value]) => (
        <span key={name}>
          <span className="faint">{names[name] ?? name}</span> <FactValue value={value} />
        </span>
      ))}
    </span>
  );
}

/** Of a thing in a list what can be written in a line. */
function plainly(item: unknown): unknown[] {
  if (typeof item !== 'object' || item === null) return [item];
  return Object.values(item).filter((each) => typeof each === 'string' || typeof each === 'number');
}

function FactValue({ value }: { value: unknown }) {
  const { t } = useTexts();
  if (typeof value === 'string' && INSTANT.test(value)) return <When at={value} />;
  if (typeof value === 'boolean') return t(value ? 'app.yes' : 'app.no');
  if (value === null || value === undefined) return <>—</>;
  const words: Record<string, string> = t('factValues', { returnObjects: true });
  const inWords = (said: unknown) => words[String(said)] ?? String(said);
  if (Array.isArray(value)) return <>{value.flatMap(plainly).map(inWords).join(' ')}</>;
  if (typeof value === 'object') return <FactList facts={value as Record<string, unknown>} />;
  return <>{inWords(value)}</>;
}
