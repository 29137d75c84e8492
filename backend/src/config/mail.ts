import { mailAddress } from '../kernel/mail-address.ts';
import { type Secret, secret } from '../kernel/secret.ts';
import { isPrivateName } from './hosts.ts';
import { decoded, SPECIAL } from './urls.ts';

export type MailConfig = {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly tls: 'implicit' | 'demanded' | 'offered';
    readonly user: string | null;
    readonly password: Secret | null;
  };
  readonly from: { readonly name: string | undefined; readonly address: string };
};

const SMTP_FORM = 'smtps://<user>:<password>@<host>:465, or smtp://<user>:<password>@<host>:587 for STARTTLS';
/** `Name <address>`, or the address alone. */
const SENDER = /^(?:(?<name>[^<>\p{Cc}]*?)\s*<(?<inBrackets>[^<>]+)>|(?<alone>[^<>]+))$/u;

/** ASTRIX_SMTP_URL and ASTRIX_MAIL_FROM belong together: a server without a sender sends nothing, and says so only when a person waits. */
export function readMail(smtpUrl: string | undefined, sender: string | undefined, faults: string[]): MailConfig | null {
  if (smtpUrl === undefined && sender === undefined) return null;
  if (smtpUrl === undefined || sender === undefined) {
    faults.push(
      `${smtpUrl === undefined ? 'ASTRIX_SMTP_URL' : 'ASTRIX_MAIL_FROM'} must be set as well: a mail server and a sender belong together.`,
    );
    return null;
  }
  const server = readSmtpUrl(smtpUrl, faults);
  const { name, inBrackets, alone } = SENDER.exec(sender)?.groups ?? {};
  const address = mailAddress(inBrackets ?? alone ?? '');
  if (address === null) faults.push('ASTRIX_MAIL_FROM must be an address, such as Astrix <console@agency.example>.');
  return server === null || address === null
    ? null
    : { server, from: { name: name?.replaceAll('"', '').trim() || undefined, address } };
}

function readSmtpUrl(text: string, faults: string[]): MailConfig['server'] | null {
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    faults.push(`ASTRIX_SMTP_URL must be ${SMTP_FORM}. Percent-encode what is special in the password: ${SPECIAL}.`);
    return null;
  }
  if (url.pathname.replace('/', '') !== '' || url.search !== '' || url.hash !== '') {
    faults.push(
      `ASTRIX_SMTP_URL must end after the port: ${SMTP_FORM}. Percent-encode what is special in the password: ${SPECIAL}.`,
    );
    return null;
  }
  if ((url.username === '') !== (url.password === '')) {
    faults.push('ASTRIX_SMTP_URL must name a user and a password, or neither of them.');
    return null;
  }
  const implicit = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port) || (implicit ? 465 : 587),
    tls: implicit ? 'implicit' : isPrivateName(url.hostname) ? 'offered' : 'demanded',
    user: url.username === '' ? null : decoded(url.username),
    password: url.password === '' ? null : secret(decoded(url.password)),
  };
}
