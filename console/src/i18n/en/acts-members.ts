/** What is on record of who belongs to an account, by the acts’ codes; joined in acts.ts. */
export const memberActs = {
  session_switched: 'Went over to another account',
  member_invited: 'Member invited',
  member_invitation_withdrawn: 'Invitation withdrawn',
  member_joined: 'Member joined',
  member_changed: 'Role of a member changed',
  member_left: 'Member left',
  member_removed: 'Member removed',
  customer_second_factor_required: 'Second factor asked of all members',
  customer_second_factor_optional: 'Second factor no longer asked of members',
  profile_changed: 'Profile changed',
  responsible_named: 'Responsible person named',
  responsible_ended: 'Nobody responsible any more',
};
