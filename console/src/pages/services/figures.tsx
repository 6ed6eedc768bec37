import type { LocalizedText } from '#kernel/text.ts';
import { useTexts } from '../../i18n/texts.ts';

/** What a clause says in figures and rules, in the reader's words. */
export function Figures({ of }: { of: Record<string, unknown> }) {
  const words = useWords();
  return (
    <span className="fact-list">
      {Object.entries(of)
        .filter(([name]) => name !== 'clause')
        .map(([name, value]) => (
          <span key={name}>
            <span className="faint">{words.name(name)}</span> {<Said value={value} />}
          </span>
        ))}
    </span>
  );
}

function Said({ value }: { value: unknown }) {
  const words = useWords();
  if (Array.isArray(value))
    return value.every(isPlain) ? words.list(value.map(words.value)) : <Rows of={value} />;
  if (typeof value === 'object' && value !== null) return <Figures of={value as Record<string, unknown>} />;
  return words.value(value);
}

/** Things in a list by their names; those without one with all that is said of them. */
function Rows({ of }: { of: readonly object[] }) {
  const words = useWords();
  const names = of.map((item) =>
    'name' in item
      ? words.pick(item.name as LocalizedText)
      : 'measure' in item
        ? words.value(item.measure)
        : null,
  );
  if (names.every((name) => name !== null)) return words.list([...new Set(names)]);
  return of.map((item) => <Figures key={JSON.stringify(item)} of={item as Record<string, unknown>} />);
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function useWords() {
  const { t, pick, locale } = useTexts();
  const names: Record<string, string> = t('figureNames', { returnObjects: true });
  const values: Record<string, string> = t('figureValues', { returnObjects: true });
  return {
    pick,
    name: (key: string) => names[key] ?? key,
    value: (said: unknown) =>
      typeof said === 'boolean' ? t(said ? 'app.yes' : 'app.no') : (values[String(said)] ?? String(said)),
    list: (items: readonly string[]) => items.join(locale === 'zh' ? '、' : ', '),
  };
}
