import { ConsoleError } from '../ipc/errors.ts';

export type Address = {
  /** Scheme, host and port in the form that every part of the console compares. */
  readonly origin: string;
  /** The person typed letters outside of ASCII: a look-alike of another host may be meant. */
  readonly isInternational: boolean;
  /** Something stood behind the host and was left out. */
  readonly hadPath: boolean;
};

const NEXT = 'Enter it as your agency gave it to you, for example console.youragency.in.';
const refused = (reason: string, next = NEXT) => new ConsoleError('refused', reason, next);

const INVISIBLE = /\p{Cc}|\p{Cf}/u;
const OWN_MACHINE: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * The address of a backend as a person types or pastes it: without a scheme it is https, a path is left out, a host in another script
 * becomes its ASCII form. Throws a `ConsoleError` with what is wrong and what to do.
 */
export function readAddress(typed: string): Address {
  const text = typed.trim();
  if (text === '') throw refused('Enter the address of your agency’s server.');
  if (INVISIBLE.test(text))
    throw refused('This address contains invisible characters.', 'Type it by hand instead of pasting it.');
  if (/\s/.test(text)) throw refused('An address has no spaces.', 'Remove the spaces and try again.');
  if (/^[^/:?#@\\]+@[^/:?#@\\]+$/.test(text)) throw refused('This is an e-mail address, not the address of a server.');
  const at = parsed(text);
  if (at.username !== '' || at.password !== '')
    throw refused('The address must not contain a user name or a password.', 'Enter only the name of the server.');
  if (at.port === '0') throw refused('A port is a number from 1 to 65535.', 'Correct the number after the colon.');
  if (at.hostname === '0.0.0.0' || at.hostname === '[::]')
    throw refused('A server listens on this address, but nobody can be called there.');
  if (at.protocol !== 'https:' && !OWN_MACHINE.has(at.hostname))
    throw refused(
      'An http address is not encrypted: others on the network could read your password.',
      'Use the https address. If there is none, ask whoever runs the server to set up a certificate.',
    );
  at.hostname = at.protocol === 'http:' && at.hostname === 'localhost' ? '127.0.0.1' : at.hostname.replace(/\.$/, '');
  return {
    origin: at.origin,
    isInternational: at.hostname.includes('xn--') && !/xn--/i.test(text),
    hadPath: at.pathname !== '/' || at.search !== '' || at.hash !== '',
  };
}

function parsed(text: string): URL {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
  if (scheme !== null && scheme !== 'https' && scheme !== 'http')
    throw refused(`An address that begins with ${scheme}:// does not lead to an Astrix server.`);
  const isBareIpv6 = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text);
  const url = scheme === null ? `https://${isBareIpv6 ? `[${text}]` : text}` : text;
  const port = Number(/^[^/]*\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(url)?.[1] ?? 1);
  if (port > 65_535) throw refused('A port is a number from 1 to 65535.', 'Correct the number after the colon.');
  if (text.includes('\\') || /^https?:(?!\/\/)/i.test(text) || !URL.canParse(url))
    throw refused('This is not the address of a server.');
  return new URL(url);
}
