import { createTransport } from 'nodemailer';
import type { Secret } from '../../kernel/secret.ts';

/** The mail server of this installation, as its operator named it. */
export type SmtpServer = {
  readonly host: string;
  readonly port: number;
  /**
   * `implicit`: TLS from the first byte (port 465). `demanded`: STARTTLS, or nothing is sent. `offered`: STARTTLS where the server has it, for a
   * server on this machine or in its private network.
   */
  readonly tls: 'implicit' | 'demanded' | 'offered';
  readonly user: string | null;
  readonly password: Secret | null;
};

export type OutgoingMail = {
  /** Without angle brackets. The same for each attempt, so that a copy is recognised as one. */
  readonly messageId: string;
  readonly from: { readonly name: string | undefined; readonly address: string };
  readonly to: { readonly name: string | undefined; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly at: Date;
  /** Aborts when the process drains: an attempt under way gets a few seconds more. */
  readonly signal: AbortSignal;
};

/** `reason` is a word of ours or a status of SMTP, never what the server wrote: it may quote the address. */
export type MailOutcome =
  | { readonly kind: 'sent' }
  /** `serverTrouble`: nothing can be sent at the moment, whatever the mail. Otherwise the server wants this mail later. */
  | { readonly kind: 'later'; readonly reason: string; readonly serverTrouble: boolean }
  /** `badAddress`: the server has no such mailbox. Otherwise it refuses this mail. */
  | { readonly kind: 'refused'; readonly reason: string; readonly badAddress: boolean };

export type SmtpParts = {
  /** Tests only: the authority behind the server's certificate, and how long an attempt may take. */
  readonly ca?: string;
  readonly patienceMs?: number;
};

export type MailSender = {
  /** Never throws for what the server or the network does. */
  readonly send: (mail: OutgoingMail) => Promise<MailOutcome>;
  /** Connects, demands TLS and signs in, and sends nothing. Null when that works, else the reason. */
  readonly check: () => Promise<string | null>;
  readonly close: () => void;
};

/** Longer than a server that looks for spam takes; shorter than the lease of a mail. */
const PATIENCE_MS = 60_000;
const CONNECT_MS = 10_000;
const CONNECTIONS = 4;
const DRAIN_MS = 5000;

/**
 * Mail leaves through the one server that the operator named: no address, link or host of a mail decides where anything is sent. Nothing is
 * read from files or fetched, whatever stands in a mail. The server's certificate is always verified where TLS is spoken.
 */
export function createSmtpSender(server: SmtpServer, { ca, patienceMs = PATIENCE_MS }: SmtpParts = {}): MailSender {
  const make = () =>
    createTransport({
      pool: true,
      maxConnections: CONNECTIONS,
      host: server.host,
      port: server.port,
      secure: server.tls === 'implicit',
      requireTLS: server.tls === 'demanded',
      ...(server.user !== null && server.password !== null
        ? { auth: { user: server.user, pass: server.password.reveal() } }
        : {}),
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(ca ? { ca } : {}) },
      connectionTimeout: Math.min(CONNECT_MS, patienceMs),
      greetingTimeout: Math.min(CONNECT_MS, patienceMs),
      dnsTimeout: Math.min(CONNECT_MS, patienceMs),
      socketTimeout: patienceMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  let transport = make();

  /** What is under way on the other connections ends as well, and is tried again. */
  function renew(): void {
    transport.close();
    transport = make();
  }

  return {
    async send(mail) {
      const late = Promise.withResolvers<MailOutcome>();
      const endAfter = (ms: number, reason: string) =>
        setTimeout(() => {
          renew();
          late.resolve({ kind: 'later', reason, serverTrouble: true });
        }, ms);
      const timers = [endAfter(patienceMs, 'slow')];
      const onDrain = () => timers.push(endAfter(DRAIN_MS, 'stopped'));
      mail.signal.addEventListener('abort', onDrain, { once: true });
      const sent = transport
        .sendMail({
          messageId: `<${mail.messageId}>`,
          date: mail.at,
          from: addressOf(mail.from),
          to: addressOf(mail.to),
          envelope: { from: mail.from.address, to: [mail.to.address] },
          subject: mail.subject,
          text: mail.text,
          html: mail.html,
          // Nobody's holiday notice is wanted as an answer.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        })
        .then((): MailOutcome => ({ kind: 'sent' }), judge);
      return await Promise.race([sent, late.promise]).finally(() => {
        mail.signal.removeEventListener('abort', onDrain);
        for (const timer of timers) clearTimeout(timer);
      });
    },
    async check() {
      try {
        await transport.verify();
        return null;
      } catch (error) {
        const outcome = judge(error);
        return outcome.kind === 'sent' ? null : outcome.reason;
      }
    },
    close: () => transport.close(),
  };
}

const addressOf = ({ name, address }: OutgoingMail['to']) => (name === undefined ? address : { name, address });

type SmtpFailure = {
  readonly code?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly command?: string;
};

/** RFC 3463: 5.1.x is about the address, 5.2.1 about a mailbox that is closed; 5.7.x is a policy, which says nothing about the mailbox. */
const BAD_MAILBOX = /^5\.(?:1\.(?:1|2|3|6|10)|2\.1)$/;
const ENHANCED = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/;
const NO_MAILBOX = new Set([550, 551, 553]);

function judge(failure: unknown): MailOutcome {
  const { code, responseCode, response, command } = failure as SmtpFailure;
  const trouble = (reason: string): MailOutcome => ({ kind: 'later', reason, serverTrouble: true });
  if (code === 'EAUTH' || code === 'ENOAUTH') return trouble('sign-in-refused');
  const status = typeof responseCode === 'number' ? responseCode : 0;
  const reason = `smtp-${status}`;
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isAboutMail && status >= 400 && status !== 421) {
    // The sender is of the configuration: no other mail would fare better.
    if (command === 'MAIL FROM') return trouble(status >= 500 ? 'sender-refused' : reason);
    if (status < 500 || status === 503) return { kind: 'later', reason, serverTrouble: false };
    const enhanced = ENHANCED.exec(response ?? '')?.[1];
    const saysMailbox = enhanced === undefined ? NO_MAILBOX.has(status) : BAD_MAILBOX.test(enhanced);
    return { kind: 'refused', reason, badAddress: command === 'RCPT TO' && saysMailbox };
  }
  if (isAboutMail && status === 0) return { kind: 'refused', reason: 'not-a-mail', badAddress: false };
  if (code === 'ETLS' || isCertificate(failure)) return trouble('tls');
  return trouble(status > 0 ? reason : 'unreached');
}

/** Node names these failures after OpenSSL's codes. */
const isCertificate = (failure: unknown): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ERR_(?:SSL|TLS)|certificate|self-signed/i.test(
    `${(failure as SmtpFailure).code ?? ''} ${failure instanceof Error ? failure.message : ''}`,
  );
