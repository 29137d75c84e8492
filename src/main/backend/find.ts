import { shorten } from '@astrix/contract';
import { z } from 'zod';
import { ConsoleError } from '../ipc/errors.ts';

/** What a backend says about itself before anybody signs in. A newer one may say more. */
const Meta = z.object({
  name: z.literal('astrix'),
  version: z.string().max(40),
  minimumConsole: z.string().max(40),
  demo: z.boolean(),
});
export type BackendMeta = z.infer<typeof Meta>;

export type FindOptions = {
  readonly fetch: typeof fetch;
  /** Version of this console. */
  readonly version: string;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;
/** More than this is no answer to the question. */
const MAX_BYTES = 65_536;
/** The oldest backend that this console works with. */
const MINIMUM_BACKEND = '0.1.0';

const RIGHT_ADDRESS = 'Check the address with your agency.';
const WHOEVER_RUNS = 'Tell whoever runs the server of your agency.';
const OTHER_SIGN_IN =
  'If this network asks for a sign-in of its own, open a browser and do that first. Otherwise check the address with your agency.';

const offline = (reason: string, next: string) => new ConsoleError('offline', shorten(reason, 300), next);
const refused = (reason: string, next: string) => new ConsoleError('refused', shorten(reason, 300), next);

/**
 * Asks the backend at the origin who it is, without a cookie, token or redirect. Throws a `ConsoleError`: `offline` when nobody was
 * reached or the backend is not working, `refused` when it is not Astrix or does not fit this console.
 */
export async function findBackend(origin: string, options: FindOptions): Promise<BackendMeta> {
  const { host } = new URL(origin);
  const answer = await ask(origin, host, options);
  const { status } = answer;
  if (status >= 300 && status < 400) throw otherPlace(host, origin, answer.location);
  if (status === 407 || status === 511)
    throw offline('This network asks for a sign-in of its own.', 'Open a browser, sign in there, and try again.');
  if (status === 429) throw offline(`${host} asks to wait.`, 'Try again in a minute.');
  if (status === 502 || status === 503 || status === 504)
    throw offline(`${host} is there, but Astrix does not run on it at the moment.`, `Try again later. ${WHOEVER_RUNS}`);
  const meta = status === 200 ? Meta.safeParse(jsonOf(answer.text)) : null;
  if (!meta?.success) throw refused(`There is no Astrix server at ${host}.`, OTHER_SIGN_IN);
  demandFit(meta.data, options.version);
  return meta.data;
}

/** Throws where one of the two is too old for the other, and says which. */
function demandFit({ version, minimumConsole }: BackendMeta, own: string): void {
  if (isOlder(own, minimumConsole))
    throw refused(
      `This console is version ${own}, and the server needs ${minimumConsole} or newer.`,
      'Install the newer console that your agency provides, and start it again.',
    );
  if (isOlder(version, MINIMUM_BACKEND))
    throw refused(
      `The server runs Astrix ${version}, and this console needs ${MINIMUM_BACKEND} or newer.`,
      `${WHOEVER_RUNS} It has to be updated.`,
    );
}

const numbersOf = (version: string): number[] => (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number);

/** By the numbers of the version; what stands behind them, such as `-beta`, does not count. */
export function isOlder(version: string, than: string): boolean {
  const [mine, theirs] = [numbersOf(version), numbersOf(than)];
  const at = theirs.findIndex((number, index) => number !== (mine[index] ?? 0));
  return at >= 0 && (mine[at] ?? 0) < (theirs[at] ?? 0);
}

type Answer = { readonly status: number; readonly location: string | null; readonly text: string };

async function ask(origin: string, host: string, options: FindOptions): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  try {
    const response = await options.fetch(`${origin}/v1/meta`, {
      redirect: 'manual',
      signal: timeout,
      headers: { accept: 'application/json', 'user-agent': `astrix-console/${options.version}` },
    });
    return {
      status: response.status,
      location: response.headers.get('location'),
      text: await beginningOf(response),
    };
  } catch (error) {
    if (timeout.aborted)
      throw offline(`${host} does not answer.`, 'Check that this computer is online, and check the address.');
    throw unreached(codesOf(error), origin, host);
  }
}

/** The text of an answer, or nothing of one that is too large to be meant. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function otherPlace(host: string, origin: string, location: string | null): ConsoleError {
  const target = location !== null && URL.canParse(location, origin) ? new URL(location, origin) : null;
  return target !== null && target.host !== host
    ? refused(`${host} sends this console on to ${target.host}.`, OTHER_SIGN_IN)
    : refused(`There is no Astrix server at ${host}.`, OTHER_SIGN_IN);
}

/** Codes of the error and of everything that it says was its cause: several attempts, one for each IP address, come as a list. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const causes = [error.cause, ...(error instanceof AggregateError ? error.errors : [])];
  return [...own, error.message, ...causes.flatMap(codesOf)];
}

type Words = (host: string) => readonly [reason: string, next: string];

/** What the names of errors of Node mean for a person. The first that fits counts. */
const TROUBLES: readonly (readonly [RegExp, Words])[] = [
  [
    /^ENOTFOUND$/,
    host => [`No server has the name ${host}.`, 'Check the spelling, and check that this computer is online.'],
  ],
  [/^EAI_AGAIN$/, () => ['This computer is not online.', 'Connect it to a network and try again.']],
  [
    /^ECONNREFUSED$/,
    host => [`Nothing answers at ${host}.`, 'Check the port after the name, and ask whether the server is running.'],
  ],
  [
    /^(?:ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
    host => [
      `${host} cannot be reached from this network.`,
      'Check that this computer is online. Some servers need the VPN of the agency.',
    ],
  ],
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/,
    host => [
      `The certificate of ${host} is self-signed, so it does not prove who answers.`,
      `${WHOEVER_RUNS} It needs a certificate of a public authority, such as Let’s Encrypt.`,
    ],
  ],
  [
    /^(?:UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|CERT_UNTRUSTED)$/,
    host => [
      `The certificate of ${host} comes from an authority that is not known here.`,
      `${WHOEVER_RUNS} The intermediate certificate may be missing. A network that reads all traffic causes this too.`,
    ],
  ],
  [/^CERT_HAS_EXPIRED$/, host => [`The certificate of ${host} has expired.`, `${WHOEVER_RUNS} It must be renewed.`]],
  [
    /^CERT_NOT_YET_VALID$/,
    host => [`The certificate of ${host} is not valid yet.`, 'Check the date and time of this computer.'],
  ],
  [/^CERT_REVOKED$/, host => [`The certificate of ${host} was revoked.`, `Do not sign in. ${WHOEVER_RUNS}`]],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    host => [`The certificate there was issued for another name than ${host}.`, RIGHT_ADDRESS],
  ],
  [/^CERT_|CERTIFICATE/, host => [`The certificate of ${host} is not valid.`, WHOEVER_RUNS]],
  [
    /^(?:EPROTO|ERR_SSL_.*|ECONNRESET|UND_ERR_SOCKET|HPE_.*)$/,
    host => [`What answers at ${host} does not speak https.`, 'Check the port after the name.'],
  ],
  [
    /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|UND_ERR_HEADERS_TIMEOUT)$/,
    host => [`${host} does not answer.`, 'Check that this computer is online, and check the address.'],
  ],
  [
    /^bad port$/,
    host => [`The port of ${host} belongs to another service.`, 'Check the port after the name with your agency.'],
  ],
];

function unreached(codes: readonly string[], origin: string, host: string): ConsoleError {
  const words = TROUBLES.find(([pattern]) => codes.some(code => pattern.test(code)))?.[1];
  const isPlain = origin.startsWith('http:');
  if (words === undefined || (isPlain && codes.includes('ECONNRESET')))
    return offline(`${host} cannot be reached.`, 'Check the network and the address, and try again.');
  return offline(...words(host));
}
