import { problems } from '#kernel/problem.ts';

export const problem = problems({
  'nothing-to-disagree': {
    status: 409,
    title: { zh: '您接受的条款没有修订', en: 'The terms that you accepted have not been revised' },
    remedy: { zh: '有新版本公告后再操作。', en: 'Come back when a new version is announced.' },
  },
  'disagreement-not-in-terms': {
    status: 409,
    title: {
      zh: '您接受的条款没有约定不同意修订时的处理',
      en: 'The terms that you accepted say nothing about disagreeing with a revision',
    },
    remedy: {
      zh: '不接受新版本也可以：已有服务继续按您接受的版本提供，只是不能再购买。',
      en: 'You need not accept the new version: what you have goes on by the one that you accepted; only buying needs it.',
    },
  },
  'disagreement-open': {
    status: 409,
    title: { zh: '您已表示不同意新条款', en: 'You have said that you disagree with the new terms' },
    remedy: {
      zh: '服务将于 {ends} 终止，之前不能购买或续费。改变主意请先撤回。',
      en: 'Your services end at {ends}; until then nothing can be bought or renewed. Take it back first if you have changed your mind.',
    },
  },
  'disagreement-over': {
    status: 409,
    title: { zh: '没有可以撤回的不同意', en: 'There is no disagreement to take back' },
    remedy: {
      zh: '它已撤回，或服务已经终止。',
      en: 'It was taken back already, or the services have ended.',
    },
  },
  'signed-file-unreadable': {
    status: 422,
    title: { zh: '无法识别这个文件', en: 'This file is not readable' },
    remedy: { zh: '请上传 4 MB 以内的 PDF、PNG 或 JPEG。', en: 'Upload a PDF, PNG or JPEG of up to 4 MB.' },
  },
});
