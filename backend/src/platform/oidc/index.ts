export {
  type Claims,
  createOidc,
  newAttempt,
  type Oidc,
  type OidcAttempt,
  OidcError,
  type OidcProvider,
} from './oidc.ts';
