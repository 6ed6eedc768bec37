import { problems } from '#kernel/problem.ts';

/** The law says "at once" (PIPL art. 57); this is when our own rule calls it late. */
export const TELL_HOURS = 72;

export const problem = problems({
  'incident-agreed': {
    status: 409,
    title: { zh: '事件内容已经批准，不能修改', en: 'The incident is agreed and isn’t edited' },
    remedy: { zh: '有新情况请另行登记。', en: 'Write down what is new as another one.' },
  },
  'incident-not-agreed': {
    status: 409,
    title: { zh: '通知内容还需另一位同事批准', en: 'A colleague has to agree to the words first' },
    remedy: { zh: '请另一位同事批准后再通知。', en: 'Have it agreed, then tell.' },
  },
  'incident-own': {
    status: 403,
    title: { zh: '不能批准自己登记的事件', en: 'Nobody agrees to what they wrote down' },
    remedy: { zh: '需要另一位同事批准。', en: 'Another member of the staff has to.' },
  },
  'incident-open': {
    status: 409,
    title: { zh: '还不能结案', en: 'It can’t be closed yet' },
    remedy: {
      zh: '先通知相关个人（或写明无需通知的理由）和主管部门。',
      en: 'First tell those concerned, or say why not, and the authority.',
    },
  },
});
