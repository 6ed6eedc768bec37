import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Form, Input, Radio } from 'antd';
import { useState } from 'react';
import { startPayment } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { type Channel, channelsQuery } from '../api/money.ts';
import { brandQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';
import { ActButton } from '../ui/act-button.tsx';
import { FormAlert } from '../ui/form-alert.tsx';
import { useFormProblem } from '../ui/form-problem.ts';
import { typedYuan, yuan } from '../ui/format.ts';
import { Page, Panel, SandboxNote, useSession } from '../ui/kit.tsx';
import { QueryState } from '../ui/query-state.tsx';
import './order.css';
import { keepReturn } from './top-up-memory.ts';

const PRESETS = ['10', '20', '50', '100', '200'];

/** Fields that problems of these codes are about. */
const PROBLEM_FIELDS = { 'amount-out-of-range': 'amount' };

type Way = 'page' | 'wap' | 'qr' | 'h5' | 'transfer';

interface Values {
  preset: string;
  amount: string;
  /** Channel and way. */
  pay: string;
}

/** Amount and way to pay, then off to the channel's own page or to its code. */
export function TopUpPage() {
  const { t } = useTexts();
  const search = useSearch({ from: '/console/top-up' });
  const brand = useSuspenseQuery(brandQuery).data;
  const session = useSession();
  const channels = useQuery(channelsQuery);
  return (
    <Page
      title={t('topUp.title')}
      lead={
        <span className="spaced">
          <span>
            {t('nav.balance')} <strong>{yuan(session.balance ?? '0')}</strong>
          </span>
          <span>{t('topUp.note')}</span>
          {search.back ? <span>{t('topUp.back')}</span> : null}
        </span>
      }
    >
      <div className="stack" style={{ maxWidth: 620 }}>
        {brand.sandbox.payment ? <SandboxNote>{t('topUp.sandbox')}</SandboxNote> : null}
        <Panel>
          <QueryState query={channels}>
            {(found) => <TopUpForm ways={waysOffered(found.items)} search={search} />}
          </QueryState>
        </Panel>
      </div>
    </Page>
  );
}

interface Offer {
  channel: Channel;
  way: Way;
  sandbox: boolean;
}

/** A phone goes to the channel's app; at a desk it is the channel's page, or a code for the phone. */
function waysOffered(items: { channel: Channel; ways: string[]; sandbox: boolean }[]): Offer[] {
  const phone = window.matchMedia('(pointer: coarse) and (max-width: 860px)').matches;
  const wanted: Way[] = phone ? ['wap', 'h5', 'qr', 'transfer'] : ['page', 'qr', 'transfer'];
  return items.flatMap(({ channel, ways, sandbox }) =>
    wanted.filter((way) => ways.includes(way)).map((way) => ({ channel, way, sandbox })),
  );
}

function TopUpForm({ ways, search }: { ways: Offer[]; search: { back?: string; amount?: string } }) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const wanted = typedYuan(search.amount ?? '');
  const [form] = Form.useForm<Values>();
  const preset = Form.useWatch('preset', form);
  const typed = Form.useWatch('amount', form);
  const problem = useFormProblem(form, { codes: PROBLEM_FIELDS });
  const [leaving, setLeaving] = useState(false);
  const act = useAct(startPayment, {
    onSuccess: async ({ id, pay_url: url }) => {
      if (search.back) keepReturn(id, search.back);
      if (!url) return navigate({ to: '/top-up/$id', params: { id } });
      setLeaving(true);
      window.location.assign(webAddress(url));
    },
    onError: problem.show,
  });
  const amount = preset === 'other' ? typedYuan(typed ?? '') : typedYuan(preset ?? '');
  const start = ({ pay }: Values) => {
    const offer = ways.find((each) => offerKey(each) === pay);
    if (amount && offer) act.mutate({ amount, channel: offer.channel, way: offer.way });
  };
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      initialValues={{
        preset: wanted ? 'other' : '20',
        amount: wanted ?? '',
        pay: ways[0] ? offerKey(ways[0]) : '',
      }}
      onValuesChange={problem.clear}
      onFinish={start}
    >
      <FormAlert trouble={problem.trouble} />
      <Form.Item name="preset" label={t('topUp.amount')}>
        <Radio.Group
          aria-label={t('topUp.amount')}
          optionType="button"
          options={[
            ...PRESETS.map((value) => ({ value, label: `¥${value}` })),
            { value: 'other', label: t('topUp.other') },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="amount"
        label={t('topUp.other')}
        hidden={preset !== 'other'}
        rules={
          preset === 'other'
            ? [
                {
                  validator: (_, value: string) =>
                    typedYuan(value ?? '')
                      ? Promise.resolve()
                      : Promise.reject(new Error(t('topUp.amountInvalid'))),
                },
              ]
            : []
        }
        validateTrigger="onBlur"
      >
        <Input prefix="¥" inputMode="decimal" maxLength={12} style={{ maxWidth: 220 }} />
      </Form.Item>
      <Form.Item name="pay" label={t('topUp.channel')}>
        <Radio.Group className="choices" aria-label={t('topUp.channel')}>
          {ways.map((offer) => (
            <Radio key={offerKey(offer)} value={offerKey(offer)} className="choice">
              <OfferName offer={offer} />
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <ActButton type="primary" htmlType="submit" busy={act.isPending || leaving}>
        {amount ? t('topUp.submit', { amount: yuan(amount) }) : t('topUp.submitPlain')}
      </ActButton>
    </Form>
  );
}

function offerKey({ channel, way }: Offer): string {
  return `${channel} ${way}`;
}

function OfferName({ offer: { channel, way, sandbox } }: { offer: Offer }) {
  const { t } = useTexts();
  const wechat = channel === 'wechatpay';
  const name = wechat ? 'wechat' : way === 'h5' ? 'wap' : way;
  const hint = wechat && way === 'qr' ? 'wechat' : way;
  return (
    <>
      <span className="choice-name">{t(`topUp.ways.${name}`)}</span>
      {sandbox ? <span className="label">{t('billing.sandboxPayment')}</span> : null}
      <span className="choice-spec">{t(`topUp.wayHints.${hint}`)}</span>
    </>
  );
}

/** A channel's name, for lists. */
export function ChannelName({ channel }: { channel: Channel }) {
  const { t } = useTexts();
  const name = channel === 'wechatpay' ? 'wechat' : channel === 'alipay' ? 'page' : 'transfer';
  return <>{t(`topUp.ways.${name}`)}</>;
}

/** An address that a browser may be sent to: never `javascript:` and the like. */
export function webAddress(address: string): string {
  const url = new URL(address, window.location.href);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error(`not a web address: ${url.protocol}`);
  return url.href;
}
