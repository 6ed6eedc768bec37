import { asSystem } from '#kernel/house.ts';
import { hashPassword } from '#modules/identity/index.ts';
import { staffAdd } from '#modules/staff/index.ts';
import { apiClient, ok } from '#server/client.ts';
import { staffCode } from '#server/story/staff-factor.ts';
import type { World } from '#server/world.ts';

export type StaffApi = ReturnType<typeof apiClient>;

export interface StaffLogin {
  id: string;
  name: string;
  email: string;
  password: string;
}

/** A new member of the staff; an administrator unless it is said which roles they hold. */
export async function staffMade(
  world: World,
  name: string,
  holdings?: readonly { role: string; brand: string | null }[],
): Promise<StaffLogin> {
  const { house } = world.server;
  const { email, password } = loginOf(name);
  const passwordHash = await hashPassword(password, []);
  const id = await asSystem(house, house.brands.all[0]!.id, 'test', (tx, ctx) =>
    staffAdd(tx, ctx, { email, name, passwordHash, ...(holdings ? { holdings } : {}) }),
  );
  return { id, name, email, password };
}

const loginOf = (name: string) => ({
  email: `${name}@staff.example.com`,
  password: `pw-${name}-Plum-rain-9`,
});

/** A member of the staff, signed in at the site under this address; for two-person acts make two. */
export async function staffMember(world: World, name: string, url = world.url): Promise<StaffApi> {
  await staffMade(world, name);
  return staffSignIn(world, name, url);
}

/** One of those, signed in (again): a session lasts twelve hours. */
export async function staffSignIn(world: World, name: string, url: string): Promise<StaffApi> {
  const api = apiClient(url);
  await staffEnter(world, api, loginOf(name));
  return api;
}

/** Password, then the code that their authenticator shows under the world's clock. */
export async function staffEnter(
  world: World,
  api: StaffApi,
  login: { email: string; password: string },
): Promise<void> {
  const { email, password } = login;
  await ok(api.POST('/api/v1/staff/auth/sign-in', { body: { email, password } }));
  const code = await staffCode(world, email);
  await ok(api.POST('/api/v1/staff/auth/second-factor', { body: { factor: 'totp', code } }));
}

/** The newest thing that waits for a second person is granted or refused by this one. */
export async function decideNewest(api: StaffApi, grant: boolean, reason = 'looked at it'): Promise<void> {
  const { items } = await ok(api.GET('/api/v1/staff/approvals', { params: { query: { state: 'waiting' } } }));
  const path = { id: items[0]!.id };
  await ok(api.POST('/api/v1/staff/approvals/{id}/decision', { params: { path }, body: { grant, reason } }));
}
