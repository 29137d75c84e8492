import { mailOf } from '../app.ts';
import { UsageError } from '../explain.ts';
import { withSystem } from '../platform/db/index.ts';
import type { Mail } from '../platform/mail/index.ts';
import { createMetrics, silentLog } from '../platform/telemetry/index.ts';
import { type Command, DONE, type Env, type Opened, onInstallation, REFUSED } from './command.ts';

const MOST_BYTES = 1_000_000;

/** The mails of this installation: what is queued leaves with the backend. */
export const withMail = <T>(env: Env, work: (mail: Mail, opened: Opened) => Promise<T>): Promise<T> =>
  onInstallation(env, async opened => {
    const { mail, sender } = mailOf({ ...opened, log: silentLog, metrics: createMetrics() });
    try {
      return await work(mail, opened);
    } finally {
      sender?.close();
    }
  });

async function readInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > MOST_BYTES) throw new UsageError('A report is shorter than a megabyte.');
  }
  return text;
}

const OURS = /^Message-ID:\s*<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@/gim;

/**
 * Which of our mails a delivery report (RFC 3464) says has failed for good. Null for a report of a delay, and for anything else: a holiday
 * notice or a mail of somebody. Whoever writes such a report has to know a Message-ID that only the recipient was told.
 */
export function failedMailOf(report: string): string | null {
  if (!/^Content-Type:[^\n]*(?:\r?\n[ \t][^\n]*)*report-type\s*=\s*"?delivery-status/im.test(report)) return null;
  if (!/^Action:\s*failed\s*$/im.test(report) || !/^Status:\s*5\.\d{1,3}\.\d{1,3}\b/im.test(report)) return null;
  return [...report.matchAll(OURS)].at(-1)?.[1]?.toLowerCase() ?? null;
}

export const mailBounce: Command = {
  name: 'mail-bounce',
  summary: 'reads the report of a mail that came back from standard input, and sends nothing more to its address',
  options: {},
  run: async env => {
    const id = failedMailOf(await readInput());
    if (id === null)
      return {
        text: 'This is no report of a mail that failed for good. Nothing was changed.',
        json: { marked: false },
        exitCode: DONE,
      };
    const marked = await withMail(env, (mail, { db }) => withSystem(db, 'send-mail', tx => mail.bounced(tx, id)));
    return marked
      ? { text: 'The mail is marked, and its address gets nothing more.', json: { marked } }
      : { text: 'No mail of this installation has that Message-ID.', json: { marked }, exitCode: REFUSED };
  },
};

export const mailAllow: Command = {
  name: 'mail-allow',
  summary: 'sends mail again to an address that a mail server has refused',
  options: { address: { value: 'address', says: 'whose mailbox works again', needed: true } },
  run: async (env, { address }) => {
    const lifted = await withMail(env, (mail, { db }) => withSystem(db, 'send-mail', tx => mail.allow(tx, address!)));
    return lifted
      ? { text: 'Mail goes to this address again.', json: { lifted } }
      : { text: 'No mail to this address was held back.', json: { lifted }, exitCode: REFUSED };
  },
};
