import { ok, type paths } from '#server/client.ts';
import type { Scene } from './scene.ts';

type Saying = paths['/api/v1/staff/outages']['post']['requestBody']['content']['application/json'];

export interface Outage {
  from: Date;
  until: Date | null;
  cause: Saying['cause'];
  services?: string[];
  products?: string[];
}

/** Staff write an outage into the book; returns its id. */
export async function outageRecord(scene: Scene, outage: Outage): Promise<string> {
  const { from, until, cause, services = [], products = [] } = outage;
  const staff = await scene.staff.one();
  const body = {
    title: { zh: '故障', en: 'Outage' },
    cause,
    from: from.toISOString(),
    until: until?.toISOString() ?? null,
    nodes: [],
    services,
    products,
    note: '',
  };
  return (await ok(staff.POST('/api/v1/staff/outages', { body }))).id;
}

/** Staff look at what follows from it, and have it carried out. */
export async function outageSettle(
  scene: Scene,
  id: string,
  discretion: 'extend' | 'leave' = 'leave',
): Promise<void> {
  const staff = await scene.staff.one();
  const params = { path: { id } };
  const { entry } = await ok(staff.GET('/api/v1/staff/outages/{id}', { params }));
  const body = { entry: entry.number, discretion };
  await ok(staff.POST('/api/v1/staff/outages/{id}/settlement', { params, body }));
  await scene.world.drain();
}
