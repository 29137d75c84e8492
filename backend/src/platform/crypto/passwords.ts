import { hash, verify } from '@node-rs/argon2';

/** Argon2id by OWASP's second profile: 19 MiB, two passes. Tests pass cheaper ones. */
export type PasswordCost = { readonly memoryKib: number; readonly passes: number };
export const PASSWORD_COST: PasswordCost = { memoryKib: 19_456, passes: 2 };

export const hashPassword = (password: string, cost: PasswordCost = PASSWORD_COST): Promise<string> =>
  hash(password.normalize('NFKC'), { memoryCost: cost.memoryKib, timeCost: cost.passes, parallelism: 1 });

/** Whether the stored hash was made with this cost. One of another cost takes another time, and so tells that there is an account (AU-14). */
export const hasCost = (stored: string, { memoryKib, passes }: PasswordCost): boolean =>
  stored.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=1$`);

export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  try {
    return await verify(stored, password.normalize('NFKC'));
  } catch {
    return false;
  }
}
