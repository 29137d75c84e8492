export { commonPasswords } from './common-passwords.ts';
export { deriveKey, equalDigests, equalTexts, hmacSha256, randomToken, sha256 } from './digests.ts';
export {
  KEY_BYTES,
  type Keyring,
  keyringFrom,
  newKey,
  open,
  openBytes,
  SealBroken,
  type SealContext,
  seal,
  sealBytes,
} from './envelope.ts';
export { hasCost, hashPassword, PASSWORD_COST, type PasswordCost, verifyPassword } from './passwords.ts';
export { type RsaKey, readRsaKey, rs256Holds } from './rsa.ts';
export { type AwsCredentials, type AwsRequest, signAws } from './sigv4.ts';
export { bytesOf } from './spelling.ts';
