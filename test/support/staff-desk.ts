import type { World } from '#server/world.ts';
import { call, staffEntered } from '../api/call.ts';
import { type StaffLogin, staffMade } from './staff.ts';

/** Members of the staff as they are wanted, and their requests by cookie; the world is there when a test begins. */
export function deskOf(world: () => World) {
  let made = 0;
  return {
    member: (holdings: { role: string; brand: string | null }[]) =>
      staffMade(world(), `m${++made}`, holdings),
    enter: ({ email, password }: StaffLogin) => staffEntered(world(), email, password),
    get: (path: string, cookie: string) => call(world(), 'GET', path, { cookie }),
    post: (path: string, cookie: string, body?: object) => call(world(), 'POST', path, { cookie, body }),
  };
}
