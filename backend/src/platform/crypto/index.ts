export { deriveKey, equalDigests, equalTexts, hmacSha256, randomToken, sha256 } from './digests.ts';
export { type Keyring, keyringOf, open, SealBroken, seal } from './envelope.ts';
export { hashPassword, PASSWORD_COST, type PasswordCost, verifyPassword } from './passwords.ts';
