import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type Received = Email & {
  /** To whom the envelope says, whatever the headers say. */
  readonly rcpt: readonly string[];
  readonly raw: string;
  /** TLS was spoken. */
  readonly secure: boolean;
  /** Who signed in; undefined for nobody. */
  readonly user: unknown;
};

export type MailServer = {
  readonly port: number;
  readonly received: Received[];
  readonly close: () => Promise<void>;
};

/** What a server answers instead of taking a recipient or a mail: a status and its words. */
export const refusal = (status: number, words: string): Error =>
  Object.assign(new Error(words), { responseCode: status });

/** A mail server on this machine that keeps what it takes. Without options it takes everything, without TLS and without a password. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    // Its own certificate is published with the package.
    disabledCommands: options.key || options.secure ? [] : ['STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks);
        void PostalMime.parse(bytes).then(mail => {
          const rcpt = session.envelope.rcptTo.map(({ address }) => address);
          received.push({ ...mail, rcpt, raw: bytes.toString('utf8'), secure: session.secure, user: session.user });
          done();
        }, done);
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
