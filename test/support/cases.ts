import { ok } from '#server/client.ts';
import type { paths } from '../../console/src/api/schema.d.ts';
import type { StaffApi } from './staff.ts';

type MeasureBody =
  paths['/api/v1/staff/cases/{id}/measures']['post']['requestBody']['content']['application/json'];

/** Opens a case as one of the staff; returns its id. */
export async function caseMake(
  staff: StaffApi,
  about: { customerId: string; serviceId: string | null; category: string; origin?: 'staff' | 'authority' },
): Promise<string> {
  const { customerId, serviceId, category, origin = 'staff' } = about;
  const body = { service_id: serviceId, origin, category, summary: '监测到异常', note: '见监控记录' };
  const params = { path: { id: customerId } };
  return (await ok(staff.POST('/api/v1/staff/customers/{id}/cases', { params, body }))).id;
}

/** One of the staff decides. */
export async function caseFound(staff: StaffApi, id: string, breach = true): Promise<void> {
  const body = { breach, decision: breach ? '证据充分' : '系误报' };
  await ok(staff.POST('/api/v1/staff/cases/{id}/decision', { params: { path: { id } }, body }));
}

export function measureTake(
  staff: StaffApi,
  id: string,
  measure: Omit<MeasureBody, 'reason'> & { reason?: string },
) {
  const body = { reason: '依约处理', ...measure };
  return ok(staff.POST('/api/v1/staff/cases/{id}/measures', { params: { path: { id } }, body }));
}

export function caseOf(staff: StaffApi, id: string) {
  return ok(staff.GET('/api/v1/staff/cases/{id}', { params: { path: { id } } }));
}
