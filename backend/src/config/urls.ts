import { isIP } from 'node:net';

/** What ends a part of an address earlier than whoever wrote the password meant. */
export const SPECIAL = '@ is %40, # is %23, / is %2F, ? is %3F, : is %3A, % is %25';

/** A lone % that nobody encoded stays what it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An address without a path, in the one spelling that providers compare. Null for anything else. */
export function readPublicUrl(text: string): string | null {
  const url = URL.parse(text.trim());
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  if (url.pathname !== '/' && url.pathname !== '') return null;
  const isOwn = url.protocol === 'http:' && url.hostname === '127.0.0.1' && url.port !== '';
  return isOwn || (url.protocol === 'https:' && /^[a-z0-9.-]+$/.test(url.hostname)) ? url.origin : null;
}

/** The usual cause is a password whose @ or # ends the address where nobody meant it to. */
export function databaseUrlFault(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  const url = URL.parse(text);
  const cut = url !== null && url.username === '' && text.substring(text.indexOf('//')).includes('@');
  const isEncoded = url !== null && !/%(?![0-9a-f]{2})/i.test(`${url.username}${url.password}`);
  if (url !== null && !cut && isEncoded) return [];
  return [
    `DATABASE_URL cannot be read as postgres://<user>:<password>@<host>:<port>/<database>. Percent-encode what is special in the password: ${SPECIAL}.`,
  ];
}

/** Each must be an address or a network, such as 10.0.0.0/8: a name can answer differently each time it is asked. */
export function proxyFaults(list: string): readonly string[] {
  return list
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '' && !isAddress(item))
    .map(
      item =>
        `ASTRIX_TRUSTED_PROXIES must hold addresses or networks, such as 127.0.0.1 or 10.0.0.0/8, separated by commas; ${item} is neither.`,
    );
}

function isAddress(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
