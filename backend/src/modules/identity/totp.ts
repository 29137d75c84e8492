import { generate, verify } from 'otplib';

/** RFC 6238 with six digits and 30-second steps, as every authenticator app speaks it. */
const STEP_SECONDS = 30;

/** The time step that the code belongs to, allowing one step of drift either way; null when it is wrong. */
export async function acceptedStep(totpSecret: string, code: string, now: Date): Promise<number | null> {
  const epoch = Math.floor(now.getTime() / 1000);
  const result = await verify({ secret: totpSecret, token: code, epoch, epochTolerance: STEP_SECONDS });
  return result.valid ? Math.floor(epoch / STEP_SECONDS) + result.delta : null;
}

/** The code of this moment, and for how many seconds it is shown. Only the demo asks. */
export async function currentCode(totpSecret: string, now: Date): Promise<{ code: string; expiresIn: number }> {
  const epoch = Math.floor(now.getTime() / 1000);
  return { code: await generate({ secret: totpSecret, epoch }), expiresIn: STEP_SECONDS - (epoch % STEP_SECONDS) };
}
