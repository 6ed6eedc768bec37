import { useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { evidenceQuery, type NoticeShown, type NoticeWay } from '../api/notices.ts';
import { useTexts } from '../i18n/texts.ts';
import { QueryState } from './query-state.tsx';
import { Toned } from './state.tsx';
import { When } from './time.tsx';

const TONES = {
  queued: 'busy',
  open: 'warn',
  sent: 'good',
  delivered: 'good',
  failed: 'bad',
  untried: 'none',
} as const;

/** By which channels a notice went, and what came of each. */
export function Ways({ ways }: { ways: NoticeWay[] }) {
  const { t } = useTexts();
  return (
    <ul className="ways" aria-label={t('told.ways')}>
      {ways.map((way) => (
        <li key={way.channel}>
          <Toned tone={TONES[way.state]}>{t(`told.channel.${way.channel}`)}</Toned>{' '}
          <span className="small">
            <WayOutcome way={way} />
            {way.at ? (
              <>
                {' '}
                <When at={way.at} parts="second" />
              </>
            ) : null}
            {way.address ? <span className="faint"> {way.address}</span> : null}
            {way.tries.length > 1 ? (
              <span className="faint"> · {t('told.tries', { count: way.tries.length })}</span>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

function WayOutcome({ way }: { way: NoticeWay }) {
  const { t } = useTexts();
  const names: Record<string, string> = t('told.outcome', { returnObjects: true });
  const said = way.outcome ?? '';
  if (way.state === 'queued' || way.state === 'open') return t(`told.state.${way.state}`);
  return names[said] ?? `${t(`told.state.${way.state}`)}${said ? ` (${said})` : ''}`;
}

/** The notices that an act rests on: how many, and at a click what came of each. */
export function Evidence({ ids, side }: { ids: string[]; side: 'customer' | 'staff' }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  if (ids.length === 0) return null;
  return (
    <>
      <Button size="small" type="link" onClick={() => setOpen(true)}>
        {t('told.show', { count: ids.length })}
      </Button>
      {open ? <EvidenceDialog ids={ids} side={side} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function EvidenceDialog(props: { ids: string[]; side: 'customer' | 'staff'; onClose: () => void }) {
  const { t } = useTexts();
  const evidence = useQuery(evidenceQuery(props.side, props.ids));
  return (
    <Modal open title={t('told.ways')} footer={null} width={620} onCancel={props.onClose}>
      <QueryState query={evidence}>
        {({ items }) => (
          <div className="stack">
            {items.length === 0 ? t('told.noWays') : null}
            {items.map((notice) => (
              <TellingOf key={notice.id} notice={notice} />
            ))}
          </div>
        )}
      </QueryState>
    </Modal>
  );
}

function TellingOf({ notice }: { notice: NoticeShown }) {
  return (
    <section aria-label={notice.subject}>
      <p>
        <strong>{notice.subject}</strong> <ToldTag told={notice.told} /> <When at={notice.at} />
      </p>
      <Ways ways={notice.ways} />
    </section>
  );
}

export function ToldTag({ told }: { told: boolean }) {
  const { t } = useTexts();
  return <Toned tone={told ? 'good' : 'bad'}>{t(told ? 'told.toldYes' : 'told.toldNo')}</Toned>;
}
