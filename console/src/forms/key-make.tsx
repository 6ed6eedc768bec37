import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import { useAct } from '../api/client.ts';
import { type KeyMade, type KeyWanted, keysQuery, makeKey } from '../api/keys.ts';
import { useTexts } from '../i18n/texts.ts';
import { busyProps } from '../ui/act-button.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { Facts } from '../ui/kit.tsx';
import { dayStart, useTimeFormat } from '../ui/time.tsx';
import { ServicesField } from './given-fields.tsx';

const WRITABLE = ['services', 'money', 'support'] as const;
const READABLE = ['people', 'audit'] as const;
const AREAS = [...WRITABLE, ...READABLE] as const;

interface Values {
  name: string;
  kind: KeyWanted['kind'];
  areas: Partial<Record<(typeof AREAS)[number], 'none' | 'read' | 'write'>>;
  services?: string[];
  addresses?: string[];
  /** The day on which it ends; none: never. */
  until?: string;
}

/** A button that makes a key and then shows it, this once. */
export function KeyMake() {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<KeyMade | null>(null);
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {t('keys.make')}
      </Button>
      {open ? <MakeDialog onClose={() => setOpen(false)} onMade={setMade} /> : null}
      {made ? <MadeDialog made={made} onClose={() => setMade(null)} /> : null}
    </>
  );
}

function wantedOf(
  { name, kind, areas, services = [], addresses = [], until }: Values,
  zone: string,
): KeyWanted {
  const chosen = Object.entries(areas).filter(([, does]) => does && does !== 'none');
  return {
    name,
    kind,
    areas: Object.fromEntries(chosen) as KeyWanted['areas'],
    services: services.length > 0 ? services : null,
    addresses,
    expires_at: until ? dayStart(until, zone) : null,
  };
}

function MakeDialog({ onClose, onMade }: { onClose: () => void; onMade: (made: KeyMade) => void }) {
  const { t } = useTexts();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<Values>();
  const problem = useFormProblem(form, { codes: { 'key-expiry': 'until' } });
  const { zone } = useTimeFormat();
  const act = useAct((values: Values) => makeKey(wantedOf(values, zone)), {
    onSuccess: (made) => {
      onClose();
      onMade(made);
      return queryClient.invalidateQueries({ queryKey: keysQuery.queryKey });
    },
    onError: problem.show,
  });
  const required = [{ required: true, message: t('field.required') }];
  return (
    <Modal
      open
      title={t('keys.make')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('keys.make')}
      okButtonProps={busyProps(act.isPending)}
      cancelText={t('app.cancel')}
      width={560}
    >
      <FormAlert trouble={problem.trouble} />
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={{ kind: 'signed', areas: { services: 'read' } }}
        onValuesChange={problem.clear}
        onFinish={(values) => act.isPending || act.mutate(values)}
      >
        <Form.Item name="name" label={t('keys.name')} rules={required}>
          <Input maxLength={60} autoComplete="off" />
        </Form.Item>
        <Form.Item name="kind" label={t('keys.kind')}>
          <Radio.Group
            aria-label={t('keys.kind')}
            options={(['signed', 'bearer'] as const).map((value) => ({
              value,
              label: t(`keys.kinds.${value}`),
            }))}
          />
        </Form.Item>
        {AREAS.map((area) => (
          <Form.Item key={area} name={['areas', area]} label={t(`members.areas.${area}`)}>
            <Radio.Group
              aria-label={t(`members.areas.${area}`)}
              options={(['none', 'read', 'write'] as const)
                .filter((does) => does !== 'write' || WRITABLE.some((one) => one === area))
                .map((value) => ({ value, label: t(`members.does.${value}`) }))}
            />
          </Form.Item>
        ))}
        <ServicesField />
        <Form.Item name="addresses" label={t('keys.addresses')} extra={t('keys.addressesHint')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，']} />
        </Form.Item>
        <Form.Item name="until" label={t('keys.expires')} extra={t('keys.untilHint')}>
          <Input type="date" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** The only time that the secret is shown. */
function MadeDialog({ made, onClose }: { made: KeyMade; onClose: () => void }) {
  const { t } = useTexts();
  const secret = made.bearer ?? made.secret;
  const name = t(made.bearer ? 'keys.bearer' : 'keys.secret');
  return (
    <Modal
      open
      title={t('keys.made')}
      onCancel={onClose}
      onOk={onClose}
      okText={t('keys.kept')}
      mask={{ closable: false }}
      keyboard={false}
      cancelButtonProps={{ style: { display: 'none' } }}
      width={620}
    >
      <Alert type="warning" showIcon title={t('keys.once')} style={{ marginBottom: 16 }} />
      <Facts
        items={[
          [
            t('keys.id'),
            <span key="id">
              <code>{made.id}</code> <CopyButton text={made.id} label={t('keys.copyId')} />
            </span>,
          ],
          [
            name,
            <span key="secret">
              <code className="key-secret">{secret}</code>{' '}
              <CopyButton text={secret} label={t('keys.copySecret')} />
            </span>,
          ],
        ]}
      />
    </Modal>
  );
}
