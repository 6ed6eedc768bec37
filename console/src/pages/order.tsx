import { keepPreviousData, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Form } from 'antd';
import { useState } from 'react';
import { placeOrder } from '../api/acts.ts';
import { useAct } from '../api/client.ts';
import { catalogueQuery, quoteQuery, sessionQuery, termsQuery } from '../api/queries.ts';
import type { Catalogue, OrderInput, QuoteInput } from '../api/types.ts';
import { chosenOptions } from '../forms/options-field.tsx';
import { OrderForm, type OrderValues } from '../forms/order-place.tsx';
import { useTexts } from '../i18n/texts.ts';
import { useFormProblem } from '../ui/form-problem.ts';
import { Page, Quiet } from '../ui/kit.tsx';
import './order.css';
import { dropDraft, keepDraft, type OrderDraft, readDraft } from './order-draft.ts';
import { OrderSummary } from './order-summary.tsx';
import { OnlyByUse } from './usage/only-by-use.tsx';

/** Where the terms name no lengths, these are offered. */
const ANY_PERIOD = [1, 3, 6, 12];

/** Everything that is chosen, what it costs, what is still open, and one button. */
export function OrderPage() {
  const { t } = useTexts();
  const { plan } = useSearch({ from: '/console/order' });
  const catalogue = useSuspenseQuery(catalogueQuery).data;
  const terms = useSuspenseQuery(termsQuery).data;
  const periods = terms.parameters.periods?.months ?? ANY_PERIOD;
  const first = firstChoice(catalogue, periods, { ...readDraft(), ...(plan ? { plan } : {}) });
  if (!first) {
    return (
      <Page title={t('order.title')}>
        {catalogue.products.length === 0 ? <OnlyByUse /> : <Quiet title={t('store.soldOut')} />}
      </Page>
    );
  }
  return <Ordering catalogue={catalogue} periods={periods} first={first} />;
}

function Ordering({
  catalogue,
  periods,
  first,
}: {
  catalogue: Catalogue;
  periods: number[];
  first: OrderValues;
}) {
  const { t } = useTexts();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [form] = Form.useForm<OrderValues>();
  const [values, setValues] = useState(first);
  const problem = useFormProblem(form, { names: FIELD_NAMES });
  const asked = quoteInput(values);
  const quote = useQuery({
    ...quoteQuery(asked),
    // The price without the coupon stays in view while a coupon is tried.
    placeholderData: keepPreviousData,
    retry: false,
  });
  const act = useAct(placeOrder, {
    onSuccess: async ({ service_id: id, orders }) => {
      dropDraft();
      void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      void queryClient.invalidateQueries({ queryKey: ['services'] });
      if (orders.length > 1) await navigate({ to: '/services' });
      else await navigate({ to: '/services/$id', params: { id }, search: { watch: true } });
    },
    onError: (error) => {
      // A gate may have closed since the page was read.
      void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      void queryClient.invalidateQueries({ queryKey: catalogueQuery.queryKey });
      problem.show(error);
    },
  });
  return (
    <Page title={t('order.title')} lead={t('order.draftKept')}>
      <Form<OrderValues>
        form={form}
        layout="vertical"
        initialValues={first}
        onValuesChange={(_, all) => {
          const next = { ...values, ...all };
          setValues(next);
          keepDraft(next);
          problem.clear();
        }}
        onFinish={(all) =>
          act.mutate(orderInput({ ...all, ...(values.coupon ? { coupon: values.coupon } : {}) }))
        }
        className="ordering"
      >
        <OrderForm catalogue={catalogue} values={values} periods={periods} />
        <OrderSummary
          catalogue={catalogue}
          values={values}
          quote={quote}
          trouble={problem.trouble}
          ordering={act.isPending}
          onCoupon={(code) => {
            problem.clear();
            setValues(({ coupon: _, ...rest }) => (code ? { ...rest, coupon: code } : rest));
          }}
        />
      </Form>
    </Page>
  );
}

/** Fields of the API beside the form's own names for them. */
const FIELD_NAMES = {
  'access.public_key': 'public_key',
  'access.password': 'password',
  'access.type': 'access',
};

/** What the price depends on. */
function quoteInput({ plan, region, months, quantity, options, coupon }: OrderValues): QuoteInput {
  return {
    plan,
    region,
    months,
    quantity: quantity || 1,
    options: chosenOptions(options),
    ...(coupon ? { coupon } : {}),
  };
}

function orderInput(values: OrderValues): OrderInput {
  return {
    ...quoteInput(values),
    image: values.image,
    hostname: values.hostname.trim(),
    access:
      values.access === 'ssh_key'
        ? { type: 'ssh_key', public_key: (values.public_key ?? '').trim() }
        : { type: 'password', password: values.password ?? '' },
  };
}

/** The draft, with whatever it lacks or can't be had replaced by the first that can. */
function firstChoice(catalogue: Catalogue, periods: number[], draft: OrderDraft): OrderValues | null {
  const plans = catalogue.products.flatMap((product) => product.plans);
  const plan = plans.find((each) => each.id === draft.plan) ?? plans[0];
  if (!plan) return null;
  const regions = catalogue.regions.filter((region) => plan.regions.includes(region.id));
  const buyable = regions.filter((region) => region.available && plan.in_stock[region.id]);
  const region = buyable.find((each) => each.id === draft.region) ?? buyable[0] ?? regions[0];
  const images = catalogue.images.filter((image) => image.available);
  const image = images.find((each) => each.id === draft.image) ?? images[0] ?? catalogue.images[0];
  if (!region || !image) return null;
  return {
    plan: plan.id,
    region: region.id,
    image: image.id,
    hostname: draft.hostname ?? '',
    months: periods.includes(draft.months ?? 0) ? draft.months! : periods[0]!,
    quantity: draft.quantity ?? 1,
    options: draft.options ?? {},
    access: draft.access ?? 'ssh_key',
    public_key: draft.public_key ?? '',
    password: '',
  };
}
