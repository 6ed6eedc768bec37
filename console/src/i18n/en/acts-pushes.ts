/** What is on record of services that pass to another customer, by the acts’ codes; joined in acts.ts. */
export const pushActs = {
  push_offered: 'Service offered to another customer',
  push_withdrawn: 'Offer withdrawn',
  push_refused: 'Offered service refused',
  push_declined: 'Offer was not accepted',
  push_lapsed: 'Offer ran out',
  push_given: 'Service passed to another customer',
  push_taken: 'Service taken over from another customer',
};
