import './invitation-accept.ts';
import './member-change.ts';
import './second-factor-require.ts';

export { givenIn } from './given.ts';
export { invitationsForget } from './invitation-withdraw.ts';
