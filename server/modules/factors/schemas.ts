import { z } from 'zod';
import { displayName, line, rule } from '#kernel/http.ts';

const base64url = (max: number) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .max(max);

/** What a challenge is answered with: its token. */
export const challenge = base64url(100);
export const totpDigits = z
  .string()
  .trim()
  .regex(/^\d{6}$/);
export const recoveryCode = line(8, 60);
/** To a security question: some letters or digits are left of it, whatever else is in it. */
export const answer = line(2, 100).refine(
  ...rule<string>((text) => (text.match(/[\p{L}\p{N}]/gu) ?? []).length >= 2, {
    zh: '答案至少要有两个字或数字',
    en: 'An answer has two letters or digits at least',
  }),
);
export const passkeyName = displayName(1, 40);

const credential = {
  id: base64url(2_000),
  rawId: base64url(2_000),
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}),
};

/** A passkey that was just made, as a browser's `toJSON` gives it (WebAuthn Level 3 §5.1). */
export const passkeyAttestation = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(8_000),
    attestationObject: base64url(32_000),
    transports: z.array(z.string().max(20)).max(10).default([]),
  }),
});

/** What a passkey signed. */
export const passkeyResponse = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url(8_000),
    authenticatorData: base64url(8_000),
    signature: base64url(4_000),
    userHandle: base64url(100).optional(),
  }),
});

/** For the browser, which knows their form (WebAuthn Level 3 §5.4, §5.5). */
export const passkeyOptions = z.looseObject({ challenge: z.string() });
export const passkeyAsked = z.object({ challenge: z.string(), options: passkeyOptions });

/** A factor as it is shown. */
export const factorGiven = z.discriminatedUnion('factor', [
  z.object({ factor: z.literal('totp'), code: totpDigits }),
  z.object({ factor: z.literal('recovery-code'), code: recoveryCode }),
  z.object({ factor: z.literal('passkey'), response: passkeyResponse }),
]);
