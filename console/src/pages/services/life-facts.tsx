import { Alert } from 'antd';
import type { Life } from '../../api/life.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ClauseChip } from '../../ui/clause.tsx';
import { FileLink } from '../../ui/file-link.tsx';
import { yuan } from '../../ui/format.ts';
import { Panel } from '../../ui/kit.tsx';
import { useTimeFormat, When } from '../../ui/time.tsx';

interface Shown {
  life: Life;
  /** Where the certificate is, below the API's address. */
  certificate: string;
}

/** Holds and the end, as its customer and staff see them. */
export function LifeFacts({ life, certificate }: Shown) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  const { end, read_out: readOut } = life;
  return (
    <>
      {life.holds.map((hold) => (
        <Alert
          key={`${hold.cause} ${hold.since}`}
          type="error"
          showIcon
          title={
            <>
              {t('life.heldTitle')} · {t(`life.cause.${hold.cause}`)}{' '}
              <ClauseChip id={hold.clause.id} version={hold.clause.version} />
            </>
          }
          description={`${hold.reason} ${t('life.held', { at: instant(hold.since) })}`}
        />
      ))}
      {end ? (
        <Panel title={t('life.ended', { at: instant(end.at) })}>
          <p>
            {t(`life.by.${end.by}`)} <ClauseChip id={end.clause.id} version={end.clause.version} />{' '}
            {end.reason ? <span className="quiet">{end.reason}</span> : null}{' '}
            {Number(end.refunded) > 0 ? t('life.refunded', { amount: yuan(end.refunded) }) : null}
          </p>
          {life.state === 'ended' ? (
            <p>
              {t('life.keptUntil')} <When at={end.erase_at} parts="second" /> {t('life.keptThen')}{' '}
              <ClauseChip id={end.erase_clause.id} version={end.erase_clause.version} />
            </p>
          ) : null}
          {readOut?.open_until ? (
            <p>{t('life.readOutOpen', { at: instant(readOut.open_until) })}</p>
          ) : readOut?.used ? (
            <p className="quiet">{t('life.readOutUsed')}</p>
          ) : null}
          <Proof life={life} certificate={certificate} />
        </Panel>
      ) : null}
    </>
  );
}

function Proof({ life, certificate }: Shown) {
  const { t } = useTexts();
  const { instant } = useTimeFormat();
  if (life.certificate) {
    const { number, issued_at: at } = life.certificate;
    return (
      <p>
        {t('life.certificate')} <code>{number}</code> {t('life.certificateAt', { at: instant(at) })}{' '}
        <FileLink path={certificate} name={t('life.certificate')} label={t('life.download')} />
      </p>
    );
  }
  return life.state === 'deleted' ? <p className="quiet">{t('life.wiping')}</p> : null;
}
