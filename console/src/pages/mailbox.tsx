import { useQuery } from '@tanstack/react-query';
import { mailboxQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { CopyButton } from '../ui/copy.tsx';
import { Page, Panel, Quiet, SandboxNote } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { When } from '../ui/time.tsx';

/** Mail that a development installation would have sent. Production has neither the page's data nor a link to it. */
export function MailboxPage() {
  const { t } = useTexts();
  const mailbox = useQuery(mailboxQuery);
  return (
    <Page title={t('mailbox.title')}>
      <div className="stack">
        <SandboxNote>{t('mailbox.lead')}</SandboxNote>
        <QueryState query={mailbox}>
          {({ items }) =>
            items.length === 0 ? (
              <Quiet>{t('mailbox.empty')}</Quiet>
            ) : (
              <section className="stack" aria-label={t('mailbox.list')}>
                {items.map((mail) => (
                  <Message key={mail.id} mail={mail} />
                ))}
              </section>
            )
          }
        </QueryState>
      </div>
    </Page>
  );
}

function Message({
  mail,
}: {
  mail: { channel: 'email' | 'sms'; to: string; subject: string; body: string; at: string };
}) {
  const { t } = useTexts();
  const code = /(?<!\d)\d{6}(?!\d)/.exec(mail.body)?.[0];
  return (
    <Panel
      title={mail.channel === 'sms' ? t('told.channel.sms') : mail.subject}
      aside={<When at={mail.at} parts="second" />}
    >
      <p className="faint small">
        {t('mailbox.to')} {mail.to}
      </p>
      {code ? (
        <p>
          {t('mailbox.code')} <code data-testid="code">{code}</code>{' '}
          <CopyButton text={code} label={t('app.copy')} />
        </p>
      ) : null}
      <pre style={{ margin: '8px 0 0', whiteSpace: 'pre-wrap', fontFamily: 'inherit' }}>{mail.body}</pre>
    </Panel>
  );
}
