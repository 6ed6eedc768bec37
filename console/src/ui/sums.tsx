import './money.css';
import type { ReactNode } from 'react';

interface Sum {
  name: string;
  value: ReactNode;
  note?: ReactNode;
  bad?: boolean;
}

/** A row of figures. */
export function Sums({ items }: { items: Sum[] }) {
  return (
    <dl className="sums">
      {items.map(({ name, value, note, bad }) => (
        <div key={name} className={bad ? 'sum-bad' : ''}>
          <dt>{name}</dt>
          <dd>
            {value}
            {note ? <small>{note}</small> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
