import type { paths } from './contract.ts';

/** Names for the answers of the API, taken from its description. */

type Success<R> = { [S in keyof R & (200 | 201 | 202)]: R[S] }[keyof R & (200 | 201 | 202)];
export type Answer<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  responses: infer R;
}
  ? Success<R> extends { content: { 'application/json': infer T } }
    ? T
    : never
  : never;
export type Body<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  requestBody: { content: { 'application/json': infer T } };
}
  ? T
  : never;

export type Brand = Answer<'/brand', 'get'>;
export type Catalogue = Answer<'/catalogue', 'get'>;
export type Plan = Catalogue['products'][number]['plans'][number];
export type Region = Catalogue['regions'][number];
export type Terms = Answer<'/terms', 'get'>;
export type Quote = Answer<'/quote', 'post'>;
export type Session = Answer<'/auth/session', 'get'>;
export type Payment = Answer<'/payments/{id}', 'get'>;
export type Order = Answer<'/orders', 'get'>['items'][number];
export type OrderInput = Body<'/orders', 'post'>;
export type StatementLine = Answer<'/statement', 'get'>['items'][number];
export type Service = Answer<'/services/{id}', 'get'>;
export type ServiceState = Service['state'];
export type Instance = NonNullable<Service['instance']>;
export type ServiceStep = Answer<'/services/{id}/steps', 'get'>['items'][number];
export type ServiceAct = Answer<'/services/{id}/history', 'get'>['items'][number];
export type Mappings = Answer<'/services/{id}/mappings', 'get'>;
export type Mapping = Mappings['items'][number];
export type MappingInput = Body<'/services/{id}/mappings', 'post'>;
export type PowerAction = Body<'/services/{id}/power', 'post'>['action'];
export type Metrics = Answer<'/services/{id}/metrics', 'get'>;
export type MetricsWindow = '1h' | '24h' | '7d';
export type Notice = Answer<'/notices', 'get'>['items'][number];
export type Mail = Answer<'/dev/mailbox', 'get'>['items'][number];
export type SignIn = Answer<'/account/sessions', 'get'>['items'][number];
export type Acceptance = Answer<'/terms/acceptances', 'get'>['items'][number];

export type StaffCustomer = Answer<'/staff/customers', 'get'>['items'][number];
export type StaffService = Answer<'/staff/services', 'get'>['items'][number];
export type StaffOrder = Answer<'/staff/orders', 'get'>['items'][number];
export type StaffPayment = Answer<'/staff/payments', 'get'>['items'][number];
export type StaffJob = Answer<'/staff/jobs', 'get'>['items'][number];
export type StaffAct = Answer<'/staff/audit', 'get'>['items'][number];
export type StaffNode = Answer<'/staff/nodes', 'get'>['items'][number];
