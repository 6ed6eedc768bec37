import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import { madeBy, signedBy } from './passkey.ts';
import type { Answer, Body } from './types.ts';

/** How somebody shows that it is them: second factors, passkeys, recovery. */

export type Factors = Answer<'/api/v1/account/factors', 'get'>;
export type Passkey = Factors['passkeys'][number];
export type Question = NonNullable<Factors['question']>;
export type RecoveryBegun = Answer<'/api/v1/auth/recovery/code', 'post'>;
export type Factor = RecoveryBegun['factors'][number];
export type FactorGiven = NonNullable<Body<'/api/v1/auth/recovery/password', 'post'>['given']>;
type SecondGiven = Body<'/api/v1/auth/second-factor', 'post'>['given'];

export const QUESTIONS = [
  'first-teacher',
  'childhood-friend',
  'first-street',
  'parents-met',
  'childhood-dream',
  'first-journey',
] as const satisfies readonly Question[];

export const factorsQuery = queryOptions({
  queryKey: ['factors'],
  queryFn: () => answer(api.GET('/api/v1/account/factors')),
});

/** What was typed or chosen, as the API takes it; a passkey is asked for by the browser. */
export async function factorShown(
  typed: { factor: Factor; code?: string; answer?: string },
  passkeyOptions: () => Promise<unknown>,
): Promise<FactorGiven> {
  const { factor } = typed;
  if (factor === 'passkey') return { factor, response: await signedBy(await passkeyOptions()) };
  if (factor === 'question') return { factor, answer: typed.answer ?? '' };
  return { factor, code: (typed.code ?? '').trim() };
}

export async function secondFactor(given: { challenge: string; typed: { factor: Factor; code?: string } }) {
  const { challenge, typed } = given;
  const options = () => answer(api.POST('/api/v1/auth/second-factor/passkey', { body: { challenge } }));
  const shown = (await factorShown(typed, options)) as SecondGiven;
  return answer(api.POST('/api/v1/auth/second-factor', { body: { challenge, given: shown } }));
}

export async function signInByPasskey() {
  const { challenge, options } = await answer(api.POST('/api/v1/auth/passkey/options'));
  const response = await signedBy(options);
  return answer(api.POST('/api/v1/auth/passkey', { body: { challenge, response } }));
}

export const askRecovery = (body: Body<'/api/v1/auth/recovery', 'post'>) =>
  answer(api.POST('/api/v1/auth/recovery', { body }));
export const giveRecoveryCode = (body: Body<'/api/v1/auth/recovery/code', 'post'>) =>
  answer(api.POST('/api/v1/auth/recovery/code', { body }));

export async function recover(given: {
  challenge: string;
  password: string;
  typed: { factor: Factor; code?: string; answer?: string } | null;
}) {
  const { challenge, password, typed } = given;
  const options = () => answer(api.POST('/api/v1/auth/recovery/passkey', { body: { challenge } }));
  const shown = typed && (await factorShown(typed, options));
  return answer(api.POST('/api/v1/auth/recovery/password', { body: { challenge, password, given: shown } }));
}

export const proveByPassword = (password: string) =>
  answer(api.POST('/api/v1/auth/prove', { body: { by: 'password', password } }));
export const proveByCode = (code: string) =>
  answer(api.POST('/api/v1/auth/prove', { body: { by: 'totp', code } }));
export async function proveByPasskey() {
  const { challenge, options } = await answer(api.POST('/api/v1/auth/prove/passkey'));
  const response = await signedBy(options);
  return answer(api.POST('/api/v1/auth/prove', { body: { by: 'passkey', challenge, response } }));
}

export const beginTotp = () => answer(api.POST('/api/v1/account/factors/totp'));
export const confirmTotp = (code: string) =>
  answer(api.POST('/api/v1/account/factors/totp/confirmation', { body: { code } }));
export const removeTotp = () => answer(api.DELETE('/api/v1/account/factors/totp'));

export async function addPasskey(name: string) {
  const { challenge, options } = await answer(api.POST('/api/v1/account/factors/passkeys/options'));
  const response = await madeBy(options);
  return answer(api.POST('/api/v1/account/factors/passkeys', { body: { challenge, name, response } }));
}
export const renamePasskey = ({ id, name }: { id: string; name: string }) =>
  answer(api.PATCH('/api/v1/account/factors/passkeys/{id}', { params: { path: { id } }, body: { name } }));
export const removePasskey = (id: string) =>
  answer(api.DELETE('/api/v1/account/factors/passkeys/{id}', { params: { path: { id } } }));

export const makeRecoveryCodes = () => answer(api.POST('/api/v1/account/factors/recovery-codes'));
export const setQuestion = (body: Body<'/api/v1/account/factors/question', 'put'>) =>
  answer(api.PUT('/api/v1/account/factors/question', { body }));
export const removeQuestion = () => answer(api.DELETE('/api/v1/account/factors/question'));
export const endOtherSessions = () => answer(api.DELETE('/api/v1/account/sessions'));
