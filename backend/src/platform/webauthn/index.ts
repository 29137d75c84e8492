export { PASSKEY_SCRIPT } from './script.ts';
export {
  credentialOf,
  type Passkey,
  type RelyingParty,
  registered,
  registrationOptions,
  relyingPartyOf,
  signed,
  signInOptions,
} from './webauthn.ts';
