import { secret } from '../../src/kernel/secret.ts';
import { sha256 } from '../../src/platform/crypto/index.ts';
import { type Kek, localKek } from '../../src/platform/vault/index.ts';

/** Key-encryption keys by name, the same in every process. */
export const kekBytes = (name: string): Buffer => sha256(`key-encryption key ${name}`);
export const kekNamed = (name: string, development = false): Kek => localKek(secret(kekBytes(name)), development);
