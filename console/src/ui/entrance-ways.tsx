import { Button, Space } from 'antd';
import { useTexts } from '../i18n/texts.ts';

export type EntranceWay = 'email' | 'phone';

/** Whether somebody comes in by a mailbox or by a phone. */
export function EntranceWays({ way, onWay }: { way: EntranceWay; onWay: (way: EntranceWay) => void }) {
  const { t } = useTexts();
  const label = { email: t('phone.byEmail'), phone: t('phone.byPhone') };
  return (
    <Space.Compact block role="group" aria-label={t('phone.ways')} style={{ marginBottom: 20 }}>
      {(['email', 'phone'] as const).map((each) => (
        <Button
          key={each}
          style={{ flex: 1 }}
          type={each === way ? 'primary' : 'default'}
          ghost={each === way}
          aria-pressed={each === way}
          onClick={() => onWay(each)}
        >
          {label[each]}
        </Button>
      ))}
    </Space.Compact>
  );
}
