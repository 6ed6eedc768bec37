import type { Texts } from '../shape.ts';
import type { disclosure as zh } from '../zh/disclosure.ts';

export const disclosure: Texts<typeof zh> = {
  disclosure: {
    title: 'Record a disclosure',
    lead: 'After something about a customer was given to somebody outside: to whom, what, and in which case. Only its kind is kept, never what it said.',
    case: 'Case',
    kinds: 'What was given',
    to: 'Given to',
    reference: 'Their letter or file',
    record: 'Record it',
    recorded: 'On record',
    'case-agreement': 'agreed otherwise',
    'case-law': 'the law',
    'case-authority': 'an authority',
    'case-consent': 'the customer’s consent',
    'case-abuse-complaint': 'a complaint of abuse',
    'case-urgent-crime': 'urgent prevention of crime',
    'case-needed-third-party': 'a third party that the service needs',
    'case-testing': 'testing and certification',
    'case-protect-rights': 'to protect rights',
    'case-unlawful-activity': 'unlawful activity',
    'kind-account': 'account data',
    'kind-verification': 'result of verification',
    'kind-usage': 'usage',
    'kind-payments': 'payments',
    'kind-logs': 'logs',
    'kind-content': 'stored content',
  },
};
