import { useQuery } from '@tanstack/react-query';
import { Modal } from 'antd';
import { useEffect, useState } from 'react';
import { onProveAgain } from '../api/prove-again.ts';
import { staffSessionQuery } from '../api/staff.ts';
import { useTexts } from '../i18n/texts.ts';
import { SecondFactorForm } from '../pages/staff/second-factor.tsx';

/** Asks a member of the staff for the second factor again when an act asks for fresh proof. */
export function StaffProve() {
  const { t } = useTexts();
  const session = useQuery(staffSessionQuery).data;
  const [waiting, setWaiting] = useState<{ settle: (proved: boolean) => void } | null>(null);
  useEffect(() => onProveAgain(() => new Promise<boolean>((settle) => setWaiting({ settle }))), []);
  if (!waiting || !session) return null;
  const settle = (proved: boolean) => {
    setWaiting(null);
    waiting.settle(proved);
  };
  return (
    <Modal open title={t('team.proveTitle')} onCancel={() => settle(false)} footer={null} width={420}>
      <SecondFactorForm session={session} onDone={() => settle(true)} />
    </Modal>
  );
}
