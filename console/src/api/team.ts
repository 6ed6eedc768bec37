import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import { madeBy, signedBy } from './passkey.ts';
import type { Answer, Body } from './types.ts';

/** Members of the staff: their second factor, their sessions, their roles. */

export type StaffSession = Answer<'/api/v1/staff/auth/session', 'get'>;
export type Team = Answer<'/api/v1/staff/members', 'get'>;
export type Teammate = Team['items'][number];
export type TeamRole = Team['roles'][number];
export type Does = 'read' | 'write';

/** What a member of the staff may do in an area; everything where areas are null. */
export function mayIn(session: StaffSession, area: string, does: Does = 'read'): boolean {
  if (!session.areas) return true;
  const given = session.areas[area];
  return given === 'write' || given === does;
}

const secondFactor = (body: Body<'/api/v1/staff/auth/second-factor', 'post'>) =>
  answer(api.POST('/api/v1/staff/auth/second-factor', { body }));

export function showCode({ code, recovery }: { code: string; recovery: boolean }) {
  return secondFactor({ factor: recovery ? 'recovery-code' : 'totp', code: code.trim() });
}

export async function showPasskey() {
  const { challenge, options } = await answer(api.POST('/api/v1/staff/auth/passkey'));
  return secondFactor({ factor: 'passkey', challenge, response: await signedBy(options) });
}

export async function makePasskey(name: string) {
  const { challenge, options } = await answer(api.POST('/api/v1/staff/auth/passkeys/options'));
  const body = { challenge, name, response: await madeBy(options) };
  return answer(api.POST('/api/v1/staff/auth/passkeys', { body }));
}

export const enrolTotp = () => answer(api.POST('/api/v1/staff/auth/totp'));
export const confirmTotp = (code: string) =>
  answer(api.POST('/api/v1/staff/auth/totp/confirm', { body: { code: code.trim() } }));
export const removeTotp = () => answer(api.DELETE('/api/v1/staff/auth/totp'));
export const removePasskey = (id: string) =>
  answer(api.DELETE('/api/v1/staff/auth/passkeys/{id}', { params: { path: { id } } }));
export const renewCodes = () => answer(api.POST('/api/v1/staff/auth/recovery-codes'));
export const askReset = (reason: string) =>
  answer(api.POST('/api/v1/staff/auth/factor-reset', { body: { reason } }));

export const ownFactorsQuery = queryOptions({
  queryKey: ['staff', 'own', 'factors'],
  queryFn: () => answer(api.GET('/api/v1/staff/auth/factors')),
});
export const ownSessionsQuery = queryOptions({
  queryKey: ['staff', 'own', 'sessions'],
  queryFn: () => answer(api.GET('/api/v1/staff/auth/sessions')),
});
export const endOwnSession = (id: string) =>
  answer(api.DELETE('/api/v1/staff/auth/sessions/{id}', { params: { path: { id } } }));
export const chooseOwnPassword = ({ current, next }: { current: string | null; next: string }) =>
  answer(api.POST('/api/v1/staff/auth/password', { body: { current: current ?? '', next } }));
export const endOtherSessions = () => answer(api.POST('/api/v1/staff/auth/sessions/end-others'));

export const teamQuery = queryOptions({
  queryKey: ['staff', 'team'],
  queryFn: () => answer(api.GET('/api/v1/staff/members')),
});

const one = (id: string) => ({ params: { path: { id } } });
export const addTeammate = (body: Body<'/api/v1/staff/members', 'post'>) =>
  answer(api.POST('/api/v1/staff/members', { body }));
export const setRoles = (id: string, holdings: Teammate['holdings']) =>
  answer(api.PUT('/api/v1/staff/members/{id}/roles', { ...one(id), body: { holdings } }));
export const newPasswordOf = (id: string) => answer(api.POST('/api/v1/staff/members/{id}/password', one(id)));
export const endSessionsOf = (id: string) =>
  answer(api.POST('/api/v1/staff/members/{id}/end-sessions', one(id)));
export const endTeammate = (id: string) => answer(api.POST('/api/v1/staff/members/{id}/leave', one(id)));
export const eraseTeammate = (id: string) => answer(api.POST('/api/v1/staff/members/{id}/erasure', one(id)));
export const askResetOf = (id: string, reason: string) =>
  answer(api.POST('/api/v1/staff/members/{id}/factor-reset', { ...one(id), body: { reason } }));
export const decideReset = (id: string, grant: boolean) =>
  answer(api.POST('/api/v1/staff/factor-resets/{id}/decision', { ...one(id), body: { grant } }));
export const defineRole = (body: Body<'/api/v1/staff/roles', 'post'>) =>
  answer(api.POST('/api/v1/staff/roles', { body }));
export const changeRole = (id: string, body: Body<'/api/v1/staff/roles', 'post'>) =>
  answer(api.PUT('/api/v1/staff/roles/{id}', { ...one(id), body }));
export const endRole = (id: string) => answer(api.DELETE('/api/v1/staff/roles/{id}', one(id)));

/** Logs in as a customer, in this browser. */
export const visitCustomer = (id: string, reason: string, writes: boolean) =>
  answer(api.POST('/api/v1/staff/customers/{id}/visits', { ...one(id), body: { reason, writes } }));
