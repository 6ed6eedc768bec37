import { queryOptions } from '@tanstack/react-query';
import { answer, api, keyed } from './client.ts';
import { pages } from './pages.ts';
import type { Answer, Body } from './types.ts';

/** Reports of abuse and cases: for anybody, for the customer concerned, for staff. */

export type Case = Answer<'/api/v1/cases', 'get'>['items'][number];
export type OwnCase = Answer<'/api/v1/cases/{id}', 'get'>;
export type StaffCase = Answer<'/api/v1/staff/cases/{id}', 'get'>;
export type Measure = StaffCase['measures'][number];
export type MeasureBody = Body<'/api/v1/staff/cases/{id}/measures', 'post'>;
export type AbuseReport = Answer<'/api/v1/staff/reports-of-abuse', 'get'>['items'][number];

const at = (id: string) => ({ path: { id } });

export const casesQuery = pages(['cases'], (query) =>
  answer(api.GET('/api/v1/cases', { params: { query } })),
);
export function caseQuery(id: string) {
  return queryOptions({
    queryKey: ['cases', id],
    queryFn: () => answer(api.GET('/api/v1/cases/{id}', { params: at(id) })),
  });
}
export const reportAbuse = (body: Body<'/api/v1/reports', 'post'>) =>
  answer(api.POST('/api/v1/reports', { body }));
export const appealCase = ({ id, text }: { id: string; text: string }) =>
  answer(api.POST('/api/v1/cases/{id}/appeal', { params: at(id), body: { text } }));
export const answerInquiry = ({ id, text }: { id: string; text: string }, key: string) =>
  answer(
    api.POST('/api/v1/inquiries/{id}/answer', {
      params: at(id),
      body: { answer: text },
      headers: keyed(key),
    }),
  );

export const staffCasesQuery = pages(['staff', 'cases'], (query) =>
  answer(api.GET('/api/v1/staff/cases', { params: { query } })),
);
export function staffCaseQuery(id: string) {
  return queryOptions({
    queryKey: ['staff', 'cases', id],
    queryFn: () => answer(api.GET('/api/v1/staff/cases/{id}', { params: at(id) })),
  });
}
export const abuseReportsQuery = pages(['staff', 'abuse'], (query) =>
  answer(api.GET('/api/v1/staff/reports-of-abuse', { params: { query } })),
);
export const openCase = (
  { customer, ...body }: Body<'/api/v1/staff/customers/{id}/cases', 'post'> & { customer: string },
  key: string,
) =>
  answer(api.POST('/api/v1/staff/customers/{id}/cases', { params: at(customer), body, headers: keyed(key) }));
export const handleReport = (
  { id, ...body }: Body<'/api/v1/staff/reports-of-abuse/{id}/handling', 'post'> & { id: string },
  key: string,
) =>
  answer(
    api.POST('/api/v1/staff/reports-of-abuse/{id}/handling', {
      params: at(id),
      body,
      headers: keyed(key),
    }),
  );
export const addEvidence = ({ id, text }: { id: string; text: string }, key: string) =>
  answer(
    api.POST('/api/v1/staff/cases/{id}/evidence', {
      params: at(id),
      body: { kind: 'note', text },
      headers: keyed(key),
    }),
  );
export const askInquiry = ({ id, question }: { id: string; question: string }, key: string) =>
  answer(
    api.POST('/api/v1/staff/cases/{id}/inquiries', {
      params: at(id),
      body: { question },
      headers: keyed(key),
    }),
  );
export const decideCase = ({ id, breach, decision }: { id: string; breach: boolean; decision: string }) =>
  answer(api.POST('/api/v1/staff/cases/{id}/decision', { params: at(id), body: { breach, decision } }));
export const decideAppeal = ({ id, grant, decision }: { id: string; grant: boolean; decision: string }) =>
  answer(api.POST('/api/v1/staff/cases/{id}/appeal-decision', { params: at(id), body: { grant, decision } }));
export const takeMeasure = ({ id, ...body }: MeasureBody & { id: string }, key: string) =>
  answer(api.POST('/api/v1/staff/cases/{id}/measures', { params: at(id), body, headers: keyed(key) }));
export const reverseMeasure = ({ id, reason }: { id: string; reason: string }) =>
  answer(api.POST('/api/v1/staff/measures/{id}/reversal', { params: at(id), body: { reason } }));
