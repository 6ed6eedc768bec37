import { useInfiniteQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useState } from 'react';
import { useAct } from '../../api/client.ts';
import {
  type IdentityReview,
  identityReviewsQuery,
  judgeReview,
  openReview,
} from '../../api/verification.ts';
import { useTexts } from '../../i18n/texts.ts';
import { ActButton } from '../../ui/act-button.tsx';
import { AskButton } from '../../ui/ask.tsx';
import { Facts, Page, Panel } from '../../ui/kit.tsx';
import { Toned } from '../../ui/state.tsx';
import { PagedTable } from '../../ui/table.tsx';
import { When } from '../../ui/time.tsx';
import { CustomerLink } from './customer-link.tsx';

const TONES = { waiting: 'busy', passed: 'good', failed: 'bad', withdrawn: 'none' } as const;

/** What two of the staff have to look at: documents of identity, and identities that have other accounts. */
export function IdentityReviewsPage() {
  const { t } = useTexts();
  return (
    <Page title={t('reviews.title')} lead={t('reviews.lead')}>
      <Panel>
        <PagedTable
          query={useInfiniteQuery(identityReviewsQuery)}
          label={t('reviews.title')}
          empty={t('reviews.empty')}
          rowKey={({ id }) => id}
          columns={[
            { title: t('reviews.entered'), cell: (row) => <When at={row.entered_at} /> },
            { title: t('reviews.customer'), cell: (row) => <CustomerLink id={row.customer_id} /> },
            { title: t('identity.kind'), cell: ({ kind }) => t(`identity.${kind}`) },
            { title: t('reviews.cause'), keep: true, cell: ({ cause }) => t(`reviews.causes.${cause}`) },
            {
              title: t('reviews.state'),
              keep: true,
              cell: ({ state }) => <Toned tone={TONES[state]}>{t(`reviews.states.${state}`)}</Toned>,
            },
            {
              title: t('reviews.first'),
              cell: ({ first }) =>
                first
                  ? `${t(first.pass ? 'reviews.verdicts.pass' : 'reviews.verdicts.fail')}: ${first.reason}`
                  : '—',
            },
            {
              title: t('reviews.judge'),
              end: true,
              cell: (row) =>
                row.state === 'waiting' ? (
                  <span className="acts">
                    <Look review={row} />
                    <Judge review={row} />
                  </span>
                ) : null,
            },
          ]}
        />
      </Panel>
    </Page>
  );
}

function Look({ review }: { review: IdentityReview }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const act = useAct(() => openReview(review.id), { onSuccess: () => setOpen(true) });
  const shown = act.data;
  return (
    <>
      <ActButton size="small" busy={act.isPending} onClick={() => act.mutate()}>
        {t('reviews.look')}
      </ActButton>
      {open && shown ? (
        <Modal
          open
          title={t('reviews.look')}
          footer={null}
          width={720}
          onCancel={() => {
            setOpen(false);
            act.reset();
          }}
        >
          <Facts
            items={[
              [t('reviews.name'), shown.name ?? t('reviews.nothing')],
              [t('reviews.number'), shown.number ?? '—'],
              [t('reviews.others'), shown.other_accounts],
            ]}
          />
          {shown.files.map(({ media_type: type, content }, i) => {
            const key = `${review.id}-${i}`;
            const data = `data:${type};base64,${content}`;
            return type.startsWith('image/') ? (
              <img key={key} src={data} alt={t('identity.file')} style={{ maxWidth: '100%' }} />
            ) : (
              <a key={key} href={data} download={`${key}.pdf`}>
                {t('identity.download')}
              </a>
            );
          })}
        </Modal>
      ) : null}
    </>
  );
}

function Judge({ review }: { review: IdentityReview }) {
  const { t } = useTexts();
  const verdicts = (['pass', 'pass-minor', 'fail'] as const).filter(
    (verdict) => verdict !== 'pass-minor' || review.minor === null,
  );
  return (
    <AskButton
      label={t('reviews.judge')}
      fields={[
        {
          ...{ name: 'verdict', label: t('reviews.verdict'), kind: 'choice' },
          choices: verdicts.map((value) => ({ value, label: t(`reviews.verdicts.${value}`) })),
        },
        { name: 'reason', label: t('reviews.reason'), kind: 'area' },
      ]}
      act={({ verdict, reason = '' }) =>
        judgeReview(review.id, {
          pass: verdict !== 'fail',
          minor: review.minor === null && verdict !== 'fail' ? verdict === 'pass-minor' : null,
          reason,
        })
      }
      done={t('reviews.done')}
      refresh={[['staff', 'identity-reviews']]}
    />
  );
}
