import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, line } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { transferList } from '#modules/payments/index.ts';
import { staff } from './routes-staff.ts';
import { SLIP_BYTES, slipRead } from './slip.ts';
import { slipAnswer, slipSend, slipShown } from './slip-show.ts';
import { slipsOf } from './transfer-read.ts';
import { transferSlip } from './transfer-slip.ts';

/** Base64 is a third longer than what it says. */
const BODY_BYTES = Math.ceil(SLIP_BYTES / 3) * 4 + 8 * 1024;

/** The transfer itself begins as POST /payments with the channel `bank-transfer`. */
export function routes(app: App, house: House): void {
  app.post(
    '/payments/:id/slips',
    {
      config: { access: 'customer', area: 'money', files: 'content' },
      bodyLimit: BODY_BYTES,
      schema: {
        tags: ['payments'],
        params: z.object({ id }),
        body: z.object({
          payer_name: line(1, 100),
          /** Natural day that stands on the slip. */
          transferred_on: z.iso.date(),
          /** PNG, JPEG or PDF of at most 4 MB, in base64. */
          content: z.string().min(1),
        }),
        response: { 201: slipShown },
      },
    },
    async (request, reply) => {
      const { payer_name: payerName, transferred_on: transferredOn, content } = request.body;
      const { customerId } = customerOf(request.ctx);
      const slip = slipRead(content);
      const input = { paymentId: request.params.id, customerId, payerName, transferredOn, slip };
      const slipId = await act(house, request, (tx, ctx) => transferSlip(tx, ctx, input));
      const slips = await slipsOf(house.db, [request.params.id]);
      const made = slips.get(request.params.id)!.find((one) => one.id === slipId)!;
      return reply.status(201).send({ ...made, created_at: made.created_at.toISOString() });
    },
  );

  app.get(
    '/payments/:id/slips',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['payments'],
        params: z.object({ id }),
        response: { 200: z.object({ items: z.array(slipShown) }) },
      },
    },
    async (request) => {
      await ownTransfer(house, request.ctx.brand.id, request.params.id, customerOf(request.ctx).customerId);
      const slips = (await slipsOf(house.db, [request.params.id])).get(request.params.id) ?? [];
      return { items: slips.map((slip) => ({ ...slip, created_at: slip.created_at.toISOString() })) };
    },
  );

  app.get(
    '/payments/:id/slips/:slip_id',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['payments'], params: z.object({ id, slip_id: id }), response: slipAnswer },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request.ctx);
      await ownTransfer(house, request.ctx.brand.id, request.params.id, customerId);
      return slipSend(house, reply, request.params.id, request.params.slip_id);
    },
  );

  staff(app, house);
}

async function ownTransfer(house: House, brand: string, paymentId: string, customerId: string) {
  const [payment] = await transferList(house.db, brand, { ids: [paymentId], limit: 1 });
  if (payment?.customer_id !== customerId) throw kernelProblem['not-found']();
}
