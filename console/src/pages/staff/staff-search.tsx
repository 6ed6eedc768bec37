import { Input } from 'antd';
import { useTexts } from '../../i18n/texts.ts';

interface Props {
  /** What may be looked for. */
  label: string;
  given: string | undefined;
  onSearch: (search: { q?: string }) => unknown;
}

/** Finds among a list; what is looked for stands in the address, so that it can be sent to a colleague. */
export function StaffSearch({ label, given = '', onSearch }: Props) {
  const { t } = useTexts();
  return (
    <div className="back-filter">
      <Input.Search
        key={given}
        defaultValue={given}
        allowClear
        maxLength={100}
        placeholder={label}
        aria-label={label}
        enterButton={t('staff.find')}
        style={{ maxWidth: 420 }}
        onSearch={(text) => onSearch(text.trim() ? { q: text.trim() } : {})}
      />
    </div>
  );
}
