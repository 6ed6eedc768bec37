/**
 * What is kept of people, by column, and for what (云服务器 P1.1 and P2). test/terms/personal-data.test.ts finds a column
 * that was forgotten.
 */
export const PURPOSES = [
  'service',
  'orders-and-billing',
  'verification',
  'support-and-notices',
  'analysis',
] as const;

export type Purpose = (typeof PURPOSES)[number];

export const PERSONAL_DATA: Readonly<Record<string, readonly Purpose[]>> = {
  'audit_event.ip': ['service', 'verification'],
  'compute_instance.sealed_access': ['service'],
  'documents_title.name': ['orders-and-billing'],
  'documents_title.phone': ['orders-and-billing'],
  'documents_title.tax_number': ['orders-and-billing'],
  'enforcement_report.reporter': ['support-and-notices'],
  'funds_bank_account.holder_sealed': ['orders-and-billing'],
  'funds_bank_account.number_sealed': ['orders-and-billing'],
  'identity_contact.sealed': ['verification', 'support-and-notices'],
  'identity_contact.shown': ['support-and-notices'],
  'identity_customer.real_name_method': ['verification'],
  'identity_session.ip': ['verification'],
  'identity_session.user_agent': ['verification'],
  'identity_staff.email': ['service'],
  'identity_staff.email_normal': ['service'],
  'identity_user.email': ['service', 'verification', 'support-and-notices'],
  'identity_user.email_normal': ['verification'],
  'notify_sandbox_mail.recipient': ['support-and-notices'],
  'terms_acceptance.ip': ['verification'],
  'terms_acceptance.user_agent': ['verification'],
  'terms_disagreement.ip': ['verification'],
  'terms_disagreement.user_agent': ['verification'],
  'transfers_receipt.payer_name': ['orders-and-billing'],
  'transfers_slip.payer_name': ['orders-and-billing'],
};
