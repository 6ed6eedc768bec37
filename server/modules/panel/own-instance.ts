import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { type InstanceView, instanceView } from '#modules/compute/index.ts';
import { type Service, serviceFind } from '#modules/lifecycle/index.ts';

/** The caller's own service and its machine; 404 for everybody else's (F48). */
export async function ownInstance(
  db: Db | Tx,
  ctx: Ctx,
  serviceId: string,
): Promise<{ service: Service; view: InstanceView }> {
  const service = await serviceFind(db, ctx, customerOf(ctx).customerId, serviceId);
  const view = service ? await instanceView(db, service.id) : null;
  if (!service || !view) throw problem['not-found']();
  return { service, view };
}
