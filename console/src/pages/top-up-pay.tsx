import { useQuery } from '@tanstack/react-query';
import { QRCode } from 'antd';
import { slipsQuery } from '../api/money.ts';
import type { Payment } from '../api/types.ts';
import { SlipSendForm } from '../forms/slip-send.tsx';
import { useTexts } from '../i18n/texts.ts';
import { CopyButton } from '../ui/copy.tsx';
import { yuan } from '../ui/format.ts';
import { Facts, Panel, SandboxNote } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { When } from '../ui/time.tsx';
import '../ui/money.css';

/** What a payer needs who isn't sent to another page: a code to scan, or an account to transfer to. */
export function PayHere({ payment }: { payment: Payment }) {
  const code = payment.presentation?.qr_code;
  const account = payment.presentation?.bank_transfer;
  if (code) return <PayByCode payment={payment} code={code} />;
  if (account) return <PayByTransfer payment={payment} account={account} />;
  return null;
}

/** Only a page of a stand-in on this machine is linked to; a channel's real code is for its app. */
function standInPage(payment: Payment, code: string): string | null {
  return payment.sandbox && /^https?:\/\//.test(code) ? code : null;
}

function PayByCode({ payment, code }: { payment: Payment; code: string }) {
  const { t } = useTexts();
  const page = standInPage(payment, code);
  return (
    <Panel>
      <div className="pay-code">
        <h2>{t(payment.channel === 'wechatpay' ? 'topUp.scanWechat' : 'topUp.scanAlipay')}</h2>
        <strong>{t('topUp.scanAmount', { amount: yuan(payment.amount) })}</strong>
        <div role="img" aria-label={t('topUp.codeLabel')} data-testid="pay-code">
          <QRCode value={code} type="svg" size={220} errorLevel="M" bordered />
        </div>
        <p className="faint small">
          <Until at={payment.expires_at} />
        </p>
        {page ? (
          <SandboxNote>
            {t('topUp.sandbox')}{' '}
            <a href={page} target="_blank" rel="noreferrer">
              {t('topUp.openStandIn')}
            </a>
          </SandboxNote>
        ) : null}
      </div>
    </Panel>
  );
}

function Until({ at }: { at: string }) {
  const { t } = useTexts();
  const [before, after] = t('topUp.scanUntil', { at: '\u0000' }).split('\u0000');
  return (
    <>
      {before}
      <When at={at} />
      {after}
    </>
  );
}

type Account = NonNullable<NonNullable<Payment['presentation']>['bank_transfer']>;

function PayByTransfer({ payment, account }: { payment: Payment; account: Account }) {
  const { t } = useTexts();
  const slips = useQuery(slipsQuery(payment.id));
  const row = (name: string, value: string): [string, React.ReactNode] => [
    name,
    <span key={name}>
      <code>{value}</code> <CopyButton text={value} label={t('topUp.copyOf', { name })} />
    </span>,
  ];
  return (
    <>
      <Panel title={t('topUp.transferTitle')} lead={t('topUp.transferText')}>
        <Facts
          items={[
            row(t('topUp.holder'), account.holder),
            row(t('topUp.bank'), account.bank),
            row(t('topUp.account'), account.number),
            row(t('topUp.reference'), account.reference),
            [t('billing.amount'), <strong key="amount">{yuan(payment.amount)}</strong>],
          ]}
        />
      </Panel>
      <Panel title={t('topUp.slip')} lead={t('topUp.slipLead')}>
        <QueryState query={slips}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="faint small">{t('topUp.slipNone')}</p>
            ) : (
              <ul style={{ marginBottom: 14 }}>
                {items.map((slip) => (
                  <li key={slip.id}>
                    {slip.payer_name} · {slip.transferred_on} ·{' '}
                    <a
                      href={`/api/v1/payments/${payment.id}/slips/${slip.id}`}
                      target="_blank"
                      rel="noreferrer"
                    >
                      {t('billing.open')}
                    </a>
                  </li>
                ))}
              </ul>
            )
          }
        </QueryState>
        <SlipSendForm paymentId={payment.id} />
      </Panel>
    </>
  );
}
