import type { FastifyReply, FastifyRequest } from 'fastify';
import { fail } from '../../kernel/errors.ts';
import { equalTexts, hmacSha256, randomToken, sha256 } from '../crypto/index.ts';

/** 32 random bytes in base64url: the browser, and nothing about a person. */
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/**
 * The name of the cookie at an origin. Browsers accept the prefix `__Host-` only with `Secure`, and Safari takes `Secure` on https alone. On
 * http, which is this machine in development, the cookie has neither; its name holds the port, because cookies of one host are shared by all.
 */
function cookieAt(origin: URL): { readonly name: string; readonly attributes: string } {
  const attributes = 'Path=/; HttpOnly; SameSite=Lax';
  return origin.protocol === 'https:'
    ? { name: '__Host-astrix', attributes: `${attributes}; Secure` }
    : { name: `astrix-${origin.port || '80'}`, attributes };
}

/** The cookie of this browser, given where there is none. A name that is there twice was not set by us, and counts as none. */
export function browserOf(origin: URL, request: FastifyRequest, reply: FastifyReply): string {
  const { name, attributes } = cookieAt(origin);
  const values = (request.headers.cookie ?? '')
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${name}=`))
    .map(pair => pair.replace(`${name}=`, ''));
  const [value] = values;
  if (values.length === 1 && value !== undefined && VALUE.test(value)) return value;
  const made = randomToken(32);
  reply.header('set-cookie', `${name}=${made}; ${attributes}`);
  return made;
}

export const digestOf = (browser: string): Buffer => sha256(`browser\n${browser}`);

/** The CSRF token of a browser: only who can read its pages has it. */
export const tokenOf = (key: Buffer, browser: string): string =>
  hmacSha256(key, `csrf\n${browser}`).toString('base64url');

export function demandToken(key: Buffer, browser: string, given: string | undefined): void {
  if (given === undefined || !equalTexts(given, tokenOf(key, browser)))
    fail('forbidden', {
      detail: 'This page was open for too long, or cookies are blocked. Load the page again and send it once more.',
    });
}

/**
 * Refuses what another site makes a browser send (AU-16). Pages send no referrer, so `Origin` is `null` on their own forms as well: a
 * browser that says `Sec-Fetch-Site` is believed, and only an older one is judged by `Origin`.
 */
export function demandOwnForm(origin: URL, { headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const from = headers.origin;
  const foreign = from !== undefined && from !== 'null' && from !== origin.origin;
  const own = site === undefined ? from === origin.origin : site === 'same-origin';
  if (foreign || !own)
    fail('forbidden', { detail: 'This was sent from another site. Open the page itself and send it from there.' });
}

/** A page is what a person looks at. A script, a frame or a picture of another site that asks for it gets nothing. */
export function demandVisit({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  const isVisit = (headers['sec-fetch-mode'] ?? 'navigate') === 'navigate';
  const isDocument = (headers['sec-fetch-dest'] ?? 'document') === 'document';
  // A form of another site that sends by GET is told from a link by nothing, so that no page changes anything by GET.
  if (!isDocument || (!isOwn && !isVisit)) fail('forbidden', { detail: 'Open this page in a tab of your browser.' });
}

/** On http, which is this machine, a name of somebody else's that leads here is refused: its pages would count as ours (DNS rebinding). */
export function demandHost(origin: URL, { headers }: FastifyRequest): void {
  if (origin.protocol === 'https:') return;
  const { host = '' } = headers;
  const loopback = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host);
  if (!loopback) fail('not_found', { detail: `Open ${origin.origin} instead.` });
}
