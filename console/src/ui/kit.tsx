import { useSuspenseQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sessionQuery } from '../api/queries.ts';
import type { Session } from '../api/types.ts';
import { useTexts } from '../i18n/texts.ts';
import { PageTitle } from './brand.tsx';

/** The parts that pages are put together from. */

export function Page(props: { title: string; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <>
      <PageTitle title={props.title} />
      <header className="page-head">
        <div>
          <h1>{props.title}</h1>
          {props.lead ? <p>{props.lead}</p> : null}
        </div>
        {props.actions ? <div className="page-actions">{props.actions}</div> : null}
      </header>
      {props.children}
    </>
  );
}

export function Panel(props: {
  title?: string;
  lead?: ReactNode;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section className={`panel ${props.className ?? ''}`} aria-label={props.title}>
      {props.title ? (
        <div className="panel-head">
          <h2>{props.title}</h2>
          {props.aside ? <div className="push">{props.aside}</div> : null}
        </div>
      ) : null}
      {props.lead ? <p className="panel-lead">{props.lead}</p> : null}
      {props.children}
    </section>
  );
}

/** Pairs of name and value. */
export function Facts({ items }: { items: [name: string, value: ReactNode][] }) {
  return (
    <dl className="facts">
      {items.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Quiet({ title, children }: { title?: string; children?: ReactNode }) {
  return (
    <div className="quiet">
      {title ? <h2>{title}</h2> : null}
      {children}
    </div>
  );
}

/** Something here is a stand-in of a development installation, and says so. */
export function SandboxNote({ children }: { children: ReactNode }) {
  const { t } = useTexts();
  return (
    <p className="note" role="note">
      <span className="label">{t('app.sandbox')}</span>
      {children}
    </p>
  );
}

export function SimulatedLabel() {
  const { t } = useTexts();
  return (
    <span className="label" title={t('app.simulatedNote')}>
      {t('app.simulated')}
    </span>
  );
}

/** Who is signed in. Only for pages behind the console's door. */
export function useSession(): Session {
  const session = useSuspenseQuery(sessionQuery).data;
  if (!session) throw new Error('no session behind the door');
  return session;
}
