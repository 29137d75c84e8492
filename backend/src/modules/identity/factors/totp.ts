import { generate, generateSecret, generateURI, verify } from 'otplib';

/** RFC 6238 with six digits and 30-second steps, as every authenticator app speaks it. */
const STEP_SECONDS = 30;

/** The time step that the code belongs to, allowing one step of drift either way; null when it is wrong. */
export async function acceptedStep(totpSecret: string, code: string, now: Date): Promise<number | null> {
  const epoch = Math.floor(now.getTime() / 1000);
  const result = await verify({ secret: totpSecret, token: code, epoch, epochTolerance: STEP_SECONDS });
  return result.valid ? Math.floor(epoch / STEP_SECONDS) + result.delta : null;
}

/** A new secret in base32: 160 bits, as RFC 4226 recommends. */
export const newTotpSecret = (): string => generateSecret({ length: 20 });

/** What the QR code of an authenticator app holds. The app shows `agency` and `email` beside the codes. */
export const otpauthUrl = (totpSecret: string, agency: string, email: string): string =>
  generateURI({ issuer: agency, label: email, secret: totpSecret });

/** The code of this moment, and for how many seconds it is shown. The demo and the tests ask. */
export async function currentCode(totpSecret: string, now: Date): Promise<{ code: string; expiresIn: number }> {
  const epoch = Math.floor(now.getTime() / 1000);
  return { code: await generate({ secret: totpSecret, epoch }), expiresIn: STEP_SECONDS - (epoch % STEP_SECONDS) };
}
