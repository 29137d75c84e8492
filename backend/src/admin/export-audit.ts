import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { RefusedError, UsageError } from '../explain.ts';
import { listAgencies } from '../modules/identity/index.ts';
import { readAudit } from '../platform/audit/index.ts';
import { type SystemTx, withSystem } from '../platform/db/index.ts';
import { type Command, onInstallation, REFUSED } from './command.ts';

const PAGE = 1000;

/** The agency that was asked for; the only one where none was. Throws with those that exist. */
export async function agencyOf(tx: SystemTx, asked: string | undefined): Promise<{ id: string; name: string }> {
  const agencies = await listAgencies(tx);
  const [only] = agencies;
  if (only === undefined) throw new UsageError('There is no agency yet. Make one: astrix-admin init');
  if (asked === undefined && agencies.length === 1) return only;
  const found = agencies.find(({ id }) => id === asked?.toLowerCase());
  if (found) return found;
  const list = agencies.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
  throw new UsageError(`--agency must be the id of one of these:\n${list}`);
}

function momentOf(name: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(at.getTime()))
    throw new UsageError(`--${name} must be a day or a moment in UTC, such as 2026-11-30 or 2026-11-30T18:30:00Z.`);
  return at;
}

async function write(out: Writable, value: unknown): Promise<void> {
  if (!out.write(`${JSON.stringify(value)}\n`)) await once(out, 'drain');
}

export const exportAudit: Command = {
  name: 'export-audit',
  summary: 'writes the audit trail of an agency as JSON lines, and checks that nothing in it was changed',
  options: {
    out: { value: 'file', says: 'a new file, which only this user can read', needed: true },
    agency: { value: 'id', says: 'which agency, where there are several' },
    from: { value: 'moment', says: 'the first moment, such as 2026-11-30' },
    to: { value: 'moment', says: 'the first moment that is left out' },
  },
  run: (env, { out, agency, from, to }) => {
    const [first, end] = [momentOf('from', from), momentOf('to', to)];
    return onInstallation(env, async ({ db, audit }) => {
      const { id, name } = await withSystem(db, 'operator', tx => agencyOf(tx, agency));
      const file = createWriteStream(out!, { flags: 'wx', mode: 0o600 });
      await once(file, 'open').catch(error => {
        throw (error as NodeJS.ErrnoException).code === 'EEXIST'
          ? new RefusedError(`${out} is there already. Name a new file.`)
          : error;
      });
      let [rows, seq] = [0, -1];
      for (let size = PAGE; size === PAGE; ) {
        const page = await withSystem(db, 'operator', tx => readAudit(tx, id, { after: seq, first, end, limit: PAGE }));
        for (const { mac, expires_at: _expiry, ...row } of page)
          await write(file, { ...row, mac: mac.toString('hex') });
        size = page.length;
        rows += size;
        seq = page.at(-1)?.seq ?? seq;
      }
      const closed = once(file, 'close');
      file.end();
      await closed;
      const { checked, firstBad } = await withSystem(db, 'operator', tx => audit.verify(tx, id));
      await withSystem(db, 'operator', tx =>
        audit.write(tx, {
          event: 'operator.export-audit',
          agencyId: id,
          actorId: null,
          sessionId: null,
          subjectType: 'agency',
          subjectId: id,
          detail: { rows },
        }),
      );
      const whole = firstBad === null ? `The chain of ${checked} is whole.` : `The chain is BROKEN at ${firstBad}.`;
      return {
        text: `Wrote ${rows} rows of ${name} to ${out}. ${whole}`,
        json: { agency: id, rows, file: out, checked, firstBad },
        ...(firstBad === null ? {} : { exitCode: REFUSED }),
      };
    });
  },
};
