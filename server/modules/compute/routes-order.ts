import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, amountOut, customerOf, id } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan } from '#kernel/money.ts';
import { orderPlace } from '#modules/billing/index.ts';
import { passwordProblem } from '#modules/identity/index.ts';
import { type Access, sealAccess } from './access.ts';
import { isHostname, problem, readPublicKey } from './rules.ts';

const order = z.object({
  plan: z.string().max(40),
  region: z.string().max(40),
  image: z.string().max(40),
  hostname: z.string().max(100),
  months: z.number().int().min(1).max(36),
  access: z.discriminatedUnion('type', [
    z.object({ type: z.literal('ssh_key'), public_key: z.string().max(4_000) }),
    z.object({ type: z.literal('password'), password: z.string().max(128) }),
  ]),
});

export function orderRoutes(app: App, house: House): void {
  app.post(
    '/orders',
    {
      config: { access: 'customer' },
      schema: {
        tags: ['services'],
        body: order,
        response: { 201: z.object({ id, number: z.string(), service_id: id, amount: amountOut }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { body } = request;
        const hostname = body.hostname.trim();
        if (!isHostname(hostname))
          throw problem['bad-hostname']({}, { errors: [{ field: 'hostname', message: hostname }] });
        const serviceId = newId();
        const sealedAccess = sealAccess(house.sealer, serviceId, checkedAccess(body.access, hostname));
        const placed = await orderPlace(tx, ctx, {
          serviceId,
          customerId: customerOf(ctx).customerId,
          plan: body.plan,
          region: body.region,
          months: body.months,
          label: hostname,
          configuration: { image: body.image, hostname, sealedAccess },
        });
        const { id, number, amount } = placed;
        return { status: 201, body: { id, number, service_id: serviceId, amount: formatYuan(amount) } };
      }),
  );
}

function checkedAccess(given: Access, hostname: string): Access {
  if (given.type === 'ssh_key') {
    const public_key = readPublicKey(given.public_key);
    if (!public_key)
      throw problem['bad-ssh-key']({}, { errors: [{ field: 'access.public_key', message: 'form' }] });
    return { type: 'ssh_key', public_key };
  }
  const weak = passwordProblem(given.password, [hostname, 'root'], 'access.password');
  if (weak) throw weak;
  // chpasswd reads lines: anything unprintable could begin another one.
  if (!/^[\x20-\x7e]+$/.test(given.password))
    throw problem['password-characters']({}, { errors: [{ field: 'access.password', message: 'ascii' }] });
  return given;
}
