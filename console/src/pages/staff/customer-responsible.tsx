import { useQuery } from '@tanstack/react-query';
import { customerResponsibleQuery } from '../../api/members.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Facts, Panel } from '../../ui/kit.tsx';

/** Whom to call about which product of a customer; nothing where the customer named nobody. */
export function CustomerResponsible({ id }: { id: string }) {
  const { t } = useTexts();
  const items = useQuery(customerResponsibleQuery(id)).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Panel title={t('responsible.title')}>
      <Facts
        items={items.map(({ product, shown, phone }) => [
          t(`responsible.products.${product}`),
          [shown, phone].filter(Boolean).join(' · '),
        ])}
      />
    </Panel>
  );
}
