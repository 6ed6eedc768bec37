import { answer, api, keyed } from './client.ts';
import type { Body, ChangeInput, MappingInput, OrderInput, PowerAction } from './types.ts';

/** What the customer's pages do. Acts that make a thing or move money take the key that `useAct` gives. */

export const signUp = (body: Body<'/api/v1/auth/sign-up', 'post'>) =>
  answer(api.POST('/api/v1/auth/sign-up', { body }));
export const verifyEmail = (body: Body<'/api/v1/auth/verify-email', 'post'>) =>
  answer(api.POST('/api/v1/auth/verify-email', { body }));
export const resendCode = (body: Body<'/api/v1/auth/resend-code', 'post'>) =>
  answer(api.POST('/api/v1/auth/resend-code', { body }));
export const signIn = (body: Body<'/api/v1/auth/sign-in', 'post'>) =>
  answer(api.POST('/api/v1/auth/sign-in', { body }));
export const signOut = () => answer(api.POST('/api/v1/auth/sign-out'));

export const changePassword = (body: Body<'/api/v1/account/password', 'post'>) =>
  answer(api.POST('/api/v1/account/password', { body }));
export const endSession = (id: string) =>
  answer(api.DELETE('/api/v1/account/sessions/{id}', { params: { path: { id } } }));
export const acceptTerms = (body: Body<'/api/v1/terms/acceptances', 'post'>) =>
  answer(api.POST('/api/v1/terms/acceptances', { body }));

export const startPayment = (body: Body<'/api/v1/payments', 'post'>, key: string) =>
  answer(api.POST('/api/v1/payments', { body, headers: keyed(key) }));
export const continuePayment = ({ id }: { id: string }) =>
  answer(api.POST('/api/v1/payments/{id}/start', { body: {}, params: { path: { id } } }));
export const placeOrder = (body: OrderInput, key: string) =>
  answer(api.POST('/api/v1/orders', { body, headers: keyed(key) }));

export const renewService = ({ id, ...body }: { id: string; months: number; coupon?: string }, key: string) =>
  answer(
    api.POST('/api/v1/services/{id}/renewals', {
      body,
      params: { path: { id } },
      headers: keyed(key),
    }),
  );
/** Months each time; null turns it off. */
export const setAutoRenewal = ({ id, months }: { id: string; months: number | null }) =>
  answer(api.PUT('/api/v1/services/{id}/auto-renewal', { body: { months }, params: { path: { id } } }));
export const changeService = ({ id, ...body }: ChangeInput & { id: string }, key: string) =>
  answer(api.POST('/api/v1/services/{id}/changes', { body, params: { path: { id } }, headers: keyed(key) }));
export const endService = ({ id, give_up }: { id: string; give_up: boolean }, key: string) =>
  answer(
    api.POST('/api/v1/services/{id}/end', {
      body: { give_up },
      params: { path: { id } },
      headers: keyed(key),
    }),
  );
export const powerService = ({ id, action }: { id: string; action: PowerAction }, key: string) =>
  answer(
    api.POST('/api/v1/services/{id}/power', {
      body: { action },
      params: { path: { id } },
      headers: keyed(key),
    }),
  );
export const addMapping = ({ id, ...body }: MappingInput & { id: string }, key: string) =>
  answer(api.POST('/api/v1/services/{id}/mappings', { body, params: { path: { id } }, headers: keyed(key) }));
export const removeMapping = ({ id, mapping_id }: { id: string; mapping_id: string }) =>
  answer(api.DELETE('/api/v1/services/{id}/mappings/{mapping_id}', { params: { path: { id, mapping_id } } }));
