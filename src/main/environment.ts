import { join } from 'node:path';
import { z } from 'zod';

/** The only backend of the consoles from before a person could choose one. Its data lie in the data folder itself. */
export const FIRST_BACKEND = 'https://api.astrix.in';

const Environment = z.object({
  ASTRIX_USER_DATA: z.string().min(1).max(500).optional(),
  /** https anywhere, http only to this machine: a token must not cross a network in the open. */
  ASTRIX_BACKEND_URL: z
    .string()
    .regex(
      /^(?:https:\/\/[a-z0-9.-]+(?::\d+)?|http:\/\/127\.0\.0\.1:\d+)$/i,
      'must be https://<host> or http://127.0.0.1:<port>',
    )
    .optional(),
  ASTRIX_DEMO: z.enum(['0', '1']).default('0'),
  /** The provider sandbox, whose consent page may be opened although it speaks http; only with the demo. */
  ASTRIX_SANDBOX_URL: z
    .string()
    .regex(/^http:\/\/127\.0\.0\.1:\d+$/, 'must be http://127.0.0.1:<port>')
    .optional(),
});

export type ConsoleEnvironment = {
  readonly userData: string | undefined;
  /** Null where nobody but the person and the package decides. */
  readonly backendUrl: string | null;
  readonly demo: boolean;
  /** The provider sandbox of a demo; null without one. */
  readonly sandboxUrl: string | null;
};

/** What a packaged console takes in place of the environment: whoever starts it does not decide which server gets the session. */
export const RELEASE: ConsoleEnvironment = {
  userData: undefined,
  backendUrl: null,
  demo: false,
  sandboxUrl: null,
};

/**
 * Where the console keeps what belongs to one backend: session, cache, outbox, settings. The first backend has the data folder itself, and
 * each other one a folder below it. Two origins never share a folder: in an IPv6 address each sign keeps its place.
 */
export const dataFolderFor = (userData: string, backendUrl: string): string => {
  const { origin } = new URL(backendUrl);
  if (origin === FIRST_BACKEND) return userData;
  const other = origin.includes('[') ? /[^a-z0-9.-]/g : /[^a-z0-9.-]+/g;
  return join(userData, 'backends', origin.replaceAll(other, '_'));
};

/** The only reader of the environment in main. Throws one sentence that names the variable. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): ConsoleEnvironment {
  const parsed = Environment.safeParse(env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join('.')} ${issue?.message}.`);
  }
  return {
    userData: parsed.data.ASTRIX_USER_DATA,
    backendUrl: parsed.data.ASTRIX_BACKEND_URL ?? null,
    demo: parsed.data.ASTRIX_DEMO === '1',
    sandboxUrl: parsed.data.ASTRIX_DEMO === '1' ? (parsed.data.ASTRIX_SANDBOX_URL ?? null) : null,
  };
}
