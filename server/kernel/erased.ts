/** What stands in place of the mailbox of somebody whose data was erased: nothing is ever sent there (RFC 2606). */
const DOMAIN = 'erased.invalid';

export function isErasedMailbox(email: string | null): boolean {
  return email?.endsWith(`@${DOMAIN}`) ?? false;
}
