import type { FastifyInstance, FastifyReply } from 'fastify';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { escaped } from './page-consent.ts';

type Kept = Email & { readonly number: number; readonly rcpt: string; readonly at: Date };

const MOST = 500;

const STYLE = `:root{color-scheme:light dark;--ground:light-dark(#f6f5f2,#191a1c);--panel:light-dark(#fff,#212326);--line:light-dark(#dcd9d2,#34373b);--text:light-dark(#23211d,#e7e5e0);--meta:light-dark(#68645b,#a29e95);--accent:light-dark(#1f6f54,#63b894)}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--text);font:14px/1.5 system-ui,sans-serif}main{max-width:880px;margin:32px auto;padding:0 24px}
h1{font-size:18px;margin:0 0 4px}h1,p{overflow-wrap:anywhere}p{margin:0 0 16px;color:var(--meta)}a{color:var(--accent)}ol{list-style:none;margin:0;padding:0;background:var(--panel);border:1px solid var(--line);border-radius:6px}
li a{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 16px;overflow-wrap:anywhere;padding:12px 16px;color:inherit;text-decoration:none;border-top:1px solid var(--line)}li:first-child a{border:0}li a:hover{background:var(--ground)}
small{color:var(--meta)}time{color:var(--meta);font-size:smaller;white-space:nowrap}nav{display:flex;gap:16px;margin:16px 0}nav [aria-current]{color:inherit;font-weight:600;text-decoration:none}
iframe{width:100%;height:640px;border:1px solid var(--line);border-radius:6px;background:#fff}pre{white-space:pre-wrap;word-break:break-word;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:16px;font:13px/1.6 ui-monospace,monospace}`;

const shell = (title: string, body: string, head = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>${head}<style>${STYLE}</style></head><body><main>${body}</main></body></html>`;

const timeOf = (at: Date) => `${at.toLocaleTimeString('en-IN', { timeZone: 'Asia/Kolkata', timeStyle: 'short' })} IST`;

const listPage = (mails: readonly Kept[]) =>
  shell(
    'Mailbox',
    `<h1>Mailbox</h1><p>Every mail of the demo ends here, whoever it is for. <a href="/">Provider sandbox</a></p>${
      mails.length === 0
        ? '<p>No mail yet. Invite somebody, or ask for a sign-in link.</p>'
        : `<ol>${mails.map(({ number, rcpt, subject = '', at }) => `<li><a href="/_mailbox/${number}"><b dir="auto">${escaped(subject)}</b><time datetime="${at.toISOString()}">${timeOf(at)}</time><small>to ${escaped(rcpt)}</small></a></li>`).join('')}</ol>`
    }`,
    '<meta http-equiv="refresh" content="3">',
  );

/** Addresses in plain text become links, as mail programs make them. */
const linked = (text: string) =>
  escaped(text).replaceAll(
    /https?:\/\/[^\s<>"']+/g,
    url => `<a href="${url}" target="_blank" rel="noreferrer">${url}</a>`,
  );

function mailPage({ number, subject = '', rcpt, from, at, text = '' }: Kept, asText: boolean): string {
  const tab = (label: string, path: string, isHere: boolean) =>
    `<a href="${path}"${isHere ? ' aria-current="page"' : ''}>${label}</a>`;
  const body = asText
    ? `<pre dir="auto">${linked(text)}</pre>`
    : `<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/_mailbox/${number}/html"></iframe>`;
  return shell(
    subject,
    `<p><a href="/_mailbox">Mailbox</a></p><h1 dir="auto">${escaped(subject)}</h1><p>From ${escaped(from?.name ?? '')} &lt;${escaped(from?.address ?? '')}&gt; to ${escaped(rcpt)}, ${timeOf(at)}</p>
<nav>${tab('HTML', `/_mailbox/${number}`, !asText)}${tab('Text', `/_mailbox/${number}?as=text`, asText)}</nav>${body}`,
  );
}

const page = (reply: FastifyReply, html: string) => reply.type('text/html; charset=utf-8').send(html);

/**
 * Takes every mail on `port` of this machine and shows it. `/_mailbox` lists the newest first, `/_sandbox/mails` says the same as JSON.
 * Answers the function that closes the mail server.
 */
export async function serveMailbox(app: FastifyInstance, port: number): Promise<() => Promise<void>> {
  const mails: Kept[] = [];
  let count = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then(mail => {
          const rcpt = session.envelope.rcptTo.map(({ address }) => address).join(', ');
          count += 1;
          mails.unshift({ ...mail, number: count, rcpt, at: new Date() });
          if (mails.length > MOST) mails.pop();
          done();
        }, done);
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });

  app.get('/_mailbox', (_request, reply) => page(reply, listPage(mails)));
  app.get('/_sandbox/mails', () =>
    mails.map(({ number, rcpt, subject, text, html, at, messageId }) => ({
      number,
      rcpt,
      subject,
      text,
      html,
      at,
      messageId,
    })),
  );
  const find = (number: string) => mails.find(mail => String(mail.number) === number);
  const gone = (reply: FastifyReply) =>
    page(
      reply.code(404),
      shell('Mailbox', '<h1>This mail is not here any more</h1><p><a href="/_mailbox">Mailbox</a></p>'),
    );
  app.get<{ Params: { number: string }; Querystring: { as?: string } }>('/_mailbox/:number', (request, reply) => {
    const mail = find(request.params.number);
    return mail ? page(reply, mailPage(mail, request.query.as === 'text')) : gone(reply);
  });
  app.get<{ Params: { number: string } }>('/_mailbox/:number/html', (request, reply) => {
    const mail = find(request.params.number);
    if (!mail) return gone(reply);
    // What a mail program allows: its own styles, and links that open elsewhere.
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return page(reply, (mail.html ?? '').replace('<head>', '<head><base target="_blank">'));
  });
  return () => new Promise(resolve => server.close(() => resolve()));
}
