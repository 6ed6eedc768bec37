import type { Texts } from '../shape.ts';
import type { life as zh } from '../zh/life.ts';

export const life: Texts<typeof zh> = {
  life: {
    title: 'Holds, end and data',
    heldTitle: 'The service is held',
    held: 'Since {{at}}. What is paid runs on as before; renewing it doesn’t start it.',
    cause: { case: 'a case', arrears: 'arrears', authority: 'an authority’s order' },
    announced: 'We end this service at {{at}}',
    announcedWhy: 'Why: {{reason}}. Copy your data out before.',
    proposed: 'We propose to end this service and to give {{refund}} back',
    proposedWhy: 'Why: {{reason}}. Good until {{until}}; without an answer everything stays as it is.',
    accept: 'Accept and end it',
    acceptText:
      'It ends at once and {{refund}} goes back. Data is dealt with as the terms say; this can’t be undone.',
    accepted: 'The service has ended',
    decline: 'Decline',
    declined: 'Declined; everything stays as it is',
    ended: 'The service ended at {{at}}',
    by: {
      customer: 'by its customer',
      agreement: 'by agreement',
      breach: 'for a breach',
      provider: 'by us, after notice',
      arrears: 'for arrears',
      expiry: 'expired and not renewed',
    },
    refunded: '{{amount}} went back',
    keptUntil: 'Its data is kept until',
    keptThen: 'and then deleted for good.',
    wiping:
      'The data is being deleted. Once all of it was seen to be gone, the certificate can be downloaded here.',
    certificate: 'Certificate of erasure',
    certificateAt: 'issued {{at}}',
    download: 'Download',
    readOut: 'Start it to copy data out',
    readOutText:
      'While the data is kept the machine can be started once, for {{hours}} hours, to copy the data out. It stops by itself.',
    readOutOpen: 'The machine runs for copying data out, until {{at}}',
    readOutUsed: 'The machine was started for copying data out already.',
    readOutDone: 'Starting',
    left: 'Not consumed',
    none: 'No hold, and no end in sight.',
    propose: 'Propose an end',
    proposeText:
      'If the customer accepts, the service ends at once and this goes back; without an answer it lapses in a week.',
    refund: 'What goes back',
    reason: 'Why (the customer sees it)',
    proposeDone: 'Sent to the customer',
    waiting: 'Waits for the customer: {{refund}} goes back',
    withdraw: 'Withdraw the proposal',
    notice: 'End with notice',
    noticeText:
      'Announced as long ahead as the customer’s terms ask; then it ends and what isn’t consumed goes back.',
    noticeDone: 'The customer is told',
    breach: 'End for a breach',
    breachText: 'Nothing is refunded and it can’t be undone. A colleague has to grant it under “Approvals”.',
    breachDone: 'Waits for a colleague',
    history: 'All records',
  },
};
