import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';
import i18next from 'i18next';
import { ApiProblem } from './problem.ts';

/** What the browser makes and signs, without whatever else it adds: the API takes no field that it doesn't know. */

/** The browser asks its owner; whoever says no, or has none, is told so. */
async function byBrowser<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known =
      error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED';
    const code = known ? 'passkey-known' : 'passkey-not-shown';
    const title = i18next.t(known ? 'factors.passkeyKnown' : 'factors.passkeyNotShown');
    throw new ApiProblem(422, { code, title }, { cause: error });
  }
}

/** What a passkey signed; extensions aren't asked for. */
export async function signedBy(options: unknown) {
  const signed = await byBrowser(() =>
    startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON }),
  );
  const { id, rawId, type } = signed;
  const { clientDataJSON, authenticatorData, signature, userHandle } = signed.response;
  const response = { clientDataJSON, authenticatorData, signature, ...(userHandle ? { userHandle } : {}) };
  return { id, rawId, type, clientExtensionResults: {}, response };
}

/** A new passkey, as it is shown to the API. */
export async function madeBy(options: unknown) {
  const made = await byBrowser(() =>
    startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON }),
  );
  const { id, rawId, type } = made;
  const { clientDataJSON, attestationObject, transports = [] } = made.response;
  const response = { clientDataJSON, attestationObject, transports };
  return { id, rawId, type, clientExtensionResults: {}, response };
}
