import { useQuery } from '@tanstack/react-query';
import {
  clearResponsible,
  membersQuery,
  nameResponsible,
  type Responsible,
  responsibleQuery,
} from '../api/members.ts';
import { catalogueQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { AskButton } from '../ui/ask.tsx';
import { Panel } from '../ui/kit.tsx';
import { useMay } from '../ui/may.tsx';
import { QueryState } from '../ui/query-state.tsx';
import { Table } from '../ui/table.tsx';

type Product = Responsible['product'];
const METERED: Product[] = ['object-storage', 'fusion-cdn', 'live-streaming', 'data-processing'];

/** Who answers for which of the products that the brand sells, and how they are reached (七牛云 3.1.6). */
export function ResponsiblePersons() {
  const { t } = useTexts();
  const named = useQuery(responsibleQuery);
  const machines = (useQuery(catalogueQuery).data?.products.length ?? 0) > 0;
  const products: Product[] = ['site', 'network', ...(machines ? (['servers'] as const) : METERED)];
  const mayAct = useMay('people');
  return (
    <Panel title={t('responsible.title')} lead={t('responsible.lead')}>
      <QueryState query={named}>
        {({ items }) => (
          <Table
            label={t('responsible.title')}
            empty={t('app.empty')}
            rows={products.map((product) => ({
              product,
              person: items.find((each) => each.product === product),
            }))}
            rowKey={({ product }) => product}
            columns={[
              {
                title: t('responsible.product'),
                keep: true,
                cell: ({ product }) => t(`responsible.products.${product}`),
              },
              {
                title: t('responsible.person'),
                keep: true,
                cell: ({ person }) =>
                  person?.shown ?? <span className="faint">{t('responsible.nobody')}</span>,
              },
              { title: t('responsible.phone'), cell: ({ person }) => person?.phone },
              {
                title: t('responsible.name'),
                end: true,
                cell: ({ product, person }) =>
                  mayAct ? <NameButtons product={product} named={person !== undefined} /> : null,
              },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}

function NameButtons({ product, named }: { product: Product; named: boolean }) {
  const { t } = useTexts();
  const members = useQuery(membersQuery).data?.items ?? [];
  const of = { product: t(`responsible.products.${product}`) };
  const refresh = [responsibleQuery.queryKey];
  return (
    <>
      <AskButton
        label={t('responsible.name')}
        name={t('responsible.nameOf', of)}
        fields={[
          {
            name: 'person',
            label: t('responsible.person'),
            kind: 'choice',
            choices: members.map(({ id, shown }) => ({ value: id, label: shown })),
          },
          {
            name: 'phone',
            label: t('responsible.phone'),
            hint: t('responsible.phoneHint'),
            optional: true,
          },
        ]}
        act={({ person = '', phone }) => nameResponsible(product, { user_id: person, phone: phone ?? null })}
        done={t('responsible.saved')}
        refresh={refresh}
      />{' '}
      {named ? (
        <AskButton
          label={t('responsible.clear')}
          name={t('responsible.clearOf', of)}
          act={() => clearResponsible(product)}
          done={t('responsible.saved')}
          refresh={refresh}
        />
      ) : null}
    </>
  );
}
