import { queryOptions } from '@tanstack/react-query';
import { answer, api } from './client.ts';
import type { RecoveryBegun } from './factors.ts';
import type { Answer, Body } from './types.ts';

type Waiting = Answer<'/api/v1/auth/second-factor', 'post'>;

/** Sign-in by a phone and by accounts that third parties keep. */

export type Bindings = Answer<'/api/v1/account/bindings', 'get'>;
export type Provider = Bindings['items'][number]['provider'];
export type PhoneCode = Answer<'/api/v1/auth/phone/codes', 'post'>;

export const providersQuery = queryOptions({
  queryKey: ['brand', 'providers'],
  queryFn: () => answer(api.GET('/api/v1/auth/providers')),
  staleTime: Number.POSITIVE_INFINITY,
});
export const bindingsQuery = queryOptions({
  queryKey: ['bindings'],
  queryFn: () => answer(api.GET('/api/v1/account/bindings')),
});

export const askPhoneCode = (body: Body<'/api/v1/auth/phone/codes', 'post'>) =>
  answer(api.POST('/api/v1/auth/phone/codes', { body }));
export const phoneSignIn = (body: Body<'/api/v1/auth/phone/sign-in', 'post'>) =>
  answer(api.POST('/api/v1/auth/phone/sign-in', { body }));
export const phoneRecover = (body: Body<'/api/v1/auth/phone/recovery', 'post'>) =>
  answer(api.POST('/api/v1/auth/phone/recovery', { body }));

/** What else shows that a number is still its account's. */
export type HolderAsked = { challenge: string; holder: HolderWay[] };
export type HolderWay = Body<'/api/v1/auth/phone/holder', 'post'>['given']['way'];
export const asksHolder = (given: object | undefined): given is HolderAsked =>
  given !== undefined && 'holder' in given;
export const showHolder = (body: Body<'/api/v1/auth/phone/holder', 'post'>) =>
  answer(api.POST('/api/v1/auth/phone/holder', { body })) as Promise<Waiting | RecoveryBegun | undefined>;
export const mailHolderCode = (challenge: string) =>
  answer(api.POST('/api/v1/auth/phone/holder/mail', { body: { challenge } }));
export const phoneSignUp = (body: Body<'/api/v1/auth/phone/sign-up', 'post'>) =>
  answer(api.POST('/api/v1/auth/phone/sign-up', { body }));
export const proveByPhone = (body: Body<'/api/v1/auth/prove/phone', 'post'>) =>
  answer(api.POST('/api/v1/auth/prove/phone', { body }));

export const askOwnPhone = (body: Body<'/api/v1/account/phone/codes', 'post'>) =>
  answer(api.POST('/api/v1/account/phone/codes', { body }));
export const setOwnPhone = (body: Body<'/api/v1/account/phone', 'post'>) =>
  answer(api.POST('/api/v1/account/phone', { body }));
export const removeOwnPhone = () => answer(api.DELETE('/api/v1/account/phone'));

export const beginSignIn = (provider: Provider) =>
  answer(api.POST('/api/v1/auth/federation/begin', { body: { provider } }));
export const beginBinding = (provider: Provider) =>
  answer(api.POST('/api/v1/account/bindings', { body: { provider } }));
export const finishFederation = (body: Body<'/api/v1/auth/federation/finish', 'post'>) =>
  answer(api.POST('/api/v1/auth/federation/finish', { body }));
export const bindPending = () => answer(api.POST('/api/v1/account/bindings/pending'));
export const dropPending = () => answer(api.DELETE('/api/v1/account/bindings/pending'));
export const removeBinding = (id: string) =>
  answer(api.DELETE('/api/v1/account/bindings/{id}', { params: { path: { id } } }));
