import { answer, api, keyed } from './client.ts';
import type { Body, MappingInput, OrderInput, PowerAction } from './types.ts';

/** What the customer's pages do. Acts that make a thing or move money take the key that `useAct` gives. */

export const signUp = (body: Body<'/auth/sign-up', 'post'>) => answer(api.POST('/auth/sign-up', { body }));
export const verifyEmail = (body: Body<'/auth/verify-email', 'post'>) =>
  answer(api.POST('/auth/verify-email', { body }));
export const resendCode = (body: Body<'/auth/resend-code', 'post'>) =>
  answer(api.POST('/auth/resend-code', { body }));
export const signIn = (body: Body<'/auth/sign-in', 'post'>) => answer(api.POST('/auth/sign-in', { body }));
export const signOut = () => answer(api.POST('/auth/sign-out'));

export const changePassword = (body: Body<'/account/password', 'post'>) =>
  answer(api.POST('/account/password', { body }));
export const endSession = (id: string) =>
  answer(api.DELETE('/account/sessions/{id}', { params: { path: { id } } }));
export const checkRealName = (body: Body<'/account/real-name', 'post'>) =>
  answer(api.POST('/account/real-name', { body }));
export const acceptTerms = (body: Body<'/terms/acceptances', 'post'>) =>
  answer(api.POST('/terms/acceptances', { body }));

export const startPayment = (body: Body<'/payments', 'post'>, key: string) =>
  answer(api.POST('/payments', { body, params: { header: keyed(key) } }));
export const placeOrder = (body: OrderInput, key: string) =>
  answer(api.POST('/orders', { body, params: { header: keyed(key) } }));

export const renewService = ({ id, months }: { id: string; months: number }, key: string) =>
  answer(
    api.POST('/services/{id}/renewals', { body: { months }, params: { path: { id }, header: keyed(key) } }),
  );
export const powerService = ({ id, action }: { id: string; action: PowerAction }, key: string) =>
  answer(
    api.POST('/services/{id}/power', { body: { action }, params: { path: { id }, header: keyed(key) } }),
  );
export const addMapping = ({ id, ...body }: MappingInput & { id: string }, key: string) =>
  answer(api.POST('/services/{id}/mappings', { body, params: { path: { id }, header: keyed(key) } }));
export const removeMapping = ({ id, mapping_id }: { id: string; mapping_id: string }) =>
  answer(api.DELETE('/services/{id}/mappings/{mapping_id}', { params: { path: { id, mapping_id } } }));
