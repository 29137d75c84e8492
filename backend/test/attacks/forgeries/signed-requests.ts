import type { Forgery } from './headers-and-bodies.ts';
import { b64, mac, type Party, REQUEST, requestOf, SECONDS } from './parties.ts';

/** Meta's form with a signed field. */
export function requestsOf(party: Party): Forgery[] {
  const [key] = party.keys;
  const good = requestOf(REQUEST, key);
  const [signature = '', payload = ''] = good.split('.');
  const by = (name: string, body: string | Buffer): Forgery => [
    `a request ${name}`,
    { ...party.sign(), body: Buffer.from(body) },
  ];
  const field = (name: string, value: string) => by(name, `signed_request=${value}`);
  const says = (name: string, over: object) => field(name, requestOf({ ...REQUEST, ...over }, key));
  return [
    by('without the field', 'user_id=10210'),
    by('of no body', ''),
    by('whose field has another name', `signed_Request=${good}`),
    by('with the field twice', `signed_request=${good}&signed_request=${good}`),
    by('with the field twice, the wrong one first', `signed_request=x.y&signed_request=${good}`),
    by('with the field as a list', `signed_request[]=${good}`),
    by('as JSON', JSON.stringify({ signed_request: good })),
    by('as parts', `--x\r\ncontent-disposition: form-data; name="signed_request"\r\n\r\n${good}\r\n--x--`),
    by('in UTF-16', Buffer.from(`signed_request=${good}`, 'utf16le')),
    by('with a BOM', `\ufeffsigned_request=${good}`),
    ...['none', 'NONE', 'HMAC-SHA1', 'HMAC-SHA512', 'hmac-sha256', 'HMAC_SHA256', '', null, ['HMAC-SHA256']].map(
      algorithm => says(`whose algorithm is ${JSON.stringify(algorithm)}`, { algorithm }),
    ),
    says('of no algorithm', { algorithm: undefined }),
    field('of SHA-1', requestOf(REQUEST, key, 'sha1')),
    field('of SHA-512', requestOf(REQUEST, key, 'sha512')),
    field('of no algorithm and no signature', `.${b64({ ...REQUEST, algorithm: 'none' })}`),
    says('older than it may be', { issued_at: SECONDS - 3601 }),
    says('of last year', { issued_at: SECONDS - 365 * 86_400 }),
    says('from the future', { issued_at: SECONDS + 301 }),
    says('in milliseconds', { issued_at: SECONDS * 1000 }),
    says('of no time', { issued_at: undefined }),
    says('whose time is a text', { issued_at: `${SECONDS}` }),
    says('whose time is nothing', { issued_at: null }),
    field('for another person under its signature', `${signature}.${b64({ ...REQUEST, user_id: '1' })}`),
    field(
      'whose payload was signed after decoding',
      `${mac(key, JSON.stringify(REQUEST)).digest('base64url')}.${payload}`,
    ),
    field('whose parts are exchanged', `${payload}.${signature}`),
    field('without a signature', `.${payload}`),
    field('without a payload', `${signature}.`),
    field('of one part', signature),
    field('of three parts', `${good}.${signature}`),
    field('with padding', `${signature}=.${payload}`),
    field('in hex', `${Buffer.from(signature, 'base64url').toString('hex')}.${payload}`),
    field(
      'in another base64',
      `${encodeURIComponent(Buffer.from(signature, 'base64url').toString('base64'))}.${payload}`,
    ),
    field('cut short', good.slice(0, -1)),
    field('with a space', `${good}+`),
    field('with a line end', `${good}%0a`),
    field('whose payload is a list', requestOf([REQUEST], key)),
    field('whose payload is a text', requestOf('nothing', key)),
    field('that says two times', requestOf(`{"issued_at":1,${JSON.stringify(REQUEST).slice(1)}`, key)),
  ];
}
