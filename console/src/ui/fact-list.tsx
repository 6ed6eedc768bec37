import { When } from './time.tsx';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The facts of a recorded act, as they were written down. */
export function FactList({ facts }: { facts: Record<string, unknown> }) {
  return (
    <span className="fact-list">
      {Object.entries(facts).map(([name, value]) => (
        <span key={name} className="fact">
          <span className="faint">{name}</span> <FactValue value={value} />
        </span>
      ))}
    </span>
  );
}

function FactValue({ value }: { value: unknown }) {
  if (typeof value === 'string' && INSTANT.test(value)) return <When at={value} />;
  if (value === null || value === undefined) return <>—</>;
  if (typeof value === 'object') return <code>{JSON.stringify(value)}</code>;
  return <>{String(value)}</>;
}
