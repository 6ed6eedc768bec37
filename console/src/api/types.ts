import type { paths } from './schema.d.ts';

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

export type Brand = Answer<'/api/v1/brand', 'get'>;
export type Catalogue = Answer<'/api/v1/catalogue', 'get'>;
export type Plan = Catalogue['products'][number]['plans'][number];
export type Region = Catalogue['regions'][number];
export type Terms = Answer<'/api/v1/terms', 'get'>;
export type Quote = Answer<'/api/v1/quote', 'post'>;
export type QuoteInput = Body<'/api/v1/quote', 'post'>;
export type PlanOptions = NonNullable<QuoteInput['options']>;
export type Product = Catalogue['products'][number];
export type ChangeInput = Body<'/api/v1/services/{id}/changes/preview', 'post'>;
export type ChangeShown = Answer<'/api/v1/services/{id}/changes/preview', 'post'>;
export type Session = Answer<'/api/v1/auth/session', 'get'>;
export type Payment = Answer<'/api/v1/payments/{id}', 'get'>;
export type Order = Answer<'/api/v1/orders', 'get'>['items'][number];
export type OrderInput = Body<'/api/v1/orders', 'post'>;
export type StatementLine = Answer<'/api/v1/statement', 'get'>['items'][number];
export type Service = Answer<'/api/v1/services/{id}', 'get'>;
export type ServiceState = Service['state'];
export type Instance = NonNullable<Service['instance']>;
export type ServiceStep = Answer<'/api/v1/services/{id}/steps', 'get'>['items'][number];
export type ServiceAct = Answer<'/api/v1/services/{id}/history', 'get'>['items'][number];
export type Mappings = Answer<'/api/v1/services/{id}/mappings', 'get'>;
export type Mapping = Mappings['items'][number];
export type MappingInput = Body<'/api/v1/services/{id}/mappings', 'post'>;
export type PowerAction = Body<'/api/v1/services/{id}/power', 'post'>['action'];
export type Metrics = Answer<'/api/v1/services/{id}/metrics', 'get'>;
export type MetricsWindow = '1h' | '24h' | '7d';
export type Notice = Answer<'/api/v1/notices', 'get'>['items'][number];
export type Mail = Answer<'/api/v1/dev/mailbox', 'get'>['items'][number];
export type SignIn = Answer<'/api/v1/account/sessions', 'get'>['items'][number];
export type Acceptance = Answer<'/api/v1/terms/acceptances', 'get'>['items'][number];

export type StaffPayment = Answer<'/api/v1/staff/payments', 'get'>['items'][number];
