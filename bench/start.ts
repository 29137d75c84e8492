/**
 * The whole console as a person meets it, with a client of 100 000 conversations behind it: the first sync through network and cache,
 * a start from the cache, a click until the thread is painted. `--small` takes a hundredth.
 */
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import pg from 'pg';
import { closeBrowser, openStage, type Stage, signInAs } from '../e2e/stage.ts';
import { build } from '../tools/build.ts';
import { inKeyring } from '../tools/keyring.ts';
import { createPrivatePostgres } from '../tools/private-postgres.ts';
import { type Measure, percentile, publish } from './report.ts';

const { values } = parseArgs({ options: { small: { type: 'boolean', default: false } } });
const CONVERSATIONS = values.small ? 1000 : 100_000;
const MESSAGES_EACH = 3;

/** Copies of one real conversation of the demo, straight into the tables and the feed. */
async function fillDatabase(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const source = `(select c.* from conversations c join clients k using (agency_id) where k.id = c.client_id and k.name = 'Chai Katha' and c.status = 'open' order by c.id limit 1)`;
  await client.query(`
    set session_replication_role = replica;
    create temporary table made as
      select gen_random_uuid() as id, gen_random_uuid() as contact, n, now() - n * interval '15 seconds' as at from generate_series(1, ${CONVERSATIONS}) n;
    insert into contacts (agency_id, id, client_id, name, phone_masked, has_phone, first_seen_at, last_seen_at, expires_at)
      select s.agency_id, m.contact, s.client_id, 'Customer ' || m.n, '+91 ••••• •0000', true, m.at, m.at, m.at + interval '30 days' from made m, ${source} s;
    insert into conversations (agency_id, id, client_id, contact_id, channel_id, contact_name, preview, preview_direction, last_message_at, last_inbound_at, window_expires_at, unread, last_seq, expires_at)
      select s.agency_id, m.id, s.client_id, m.contact, s.channel_id, 'Customer ' || m.n, 'Where is my order ' || m.n, 'in', m.at, m.at, m.at + interval '24 hours', (m.n % 10 = 0)::int, ${MESSAGES_EACH}, m.at + interval '30 days' from made m, ${source} s;
    insert into messages (agency_id, id, client_id, conversation_id, channel_id, direction, kind, text, status, sent_at, seq, expires_at)
      select s.agency_id, gen_random_uuid(), s.client_id, m.id, s.channel_id, case when k = 2 then 'out' else 'in' end, 'text', 'Where is my order ' || m.n || '? It was to come yesterday, part ' || k, case when k = 2 then 'read' else 'received' end, m.at - (${MESSAGES_EACH} - k) * interval '1 minute', k, m.at + interval '29 days'
      from made m, ${source} s, generate_series(1, ${MESSAGES_EACH}) k;
    insert into changes (agency_id, collection, row_id, client_id, op, xid, seq)
      select agency_id, name, id, client_id, 'put', pg_current_xact_id(), nextval('changes_seq') from (
        select agency_id, 'contacts' as name, id, client_id from contacts union all
        select agency_id, 'conversations', id, client_id from conversations union all
        select agency_id, 'messages', id, client_id from messages) rows
      on conflict do nothing;
    set session_replication_role = origin;
    analyze;`);
  const { rows } = await client.query<{ n: string }>('select count(*) as n from changes');
  await client.end();
  return Number(rows[0]!.n);
}

const firstRow = (page: Page) => page.getByRole('option').first();

/** Runs in the window: from the press until the first frame after details and thread of that customer are there. */
const WATCH = `wanted => {
  window.painted = new Promise(resolve => {
    let pressed = 0;
    addEventListener('pointerdown', () => { pressed = performance.now(); }, { once: true, capture: true });
    const look = () => {
      const shown = document.querySelector('aside h2')?.textContent === wanted;
      const thread = document.querySelector('main')?.textContent?.includes('It was to come yesterday');
      if (pressed && shown && thread) requestAnimationFrame(() => resolve(performance.now() - pressed));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}`;

/** Milliseconds from the press of the mouse on a row until the frame in which its thread stands. */
async function clickToPaint(page: Page, times: number): Promise<number[]> {
  const spent: number[] = [];
  for (let n = 0; n < times; n++) {
    const rows = page.getByRole('option');
    const target = rows.nth(1 + (n % 7));
    const name =
      (await target
        .getByText(/^Customer \d+/)
        .first()
        .textContent()) ?? '';
    await page.evaluate(`(${WATCH})(${JSON.stringify(name)})`);
    await target.click();
    spent.push(await page.evaluate<number>('window.painted'));
  }
  return spent.toSorted((a, b) => a - b);
}

async function startAgain(
  stage: Stage,
): Promise<{ ms: number; page: Page; memory: number | null; close: () => Promise<void> }> {
  const start = performance.now();
  const opened = await stage.openConsole();
  await firstRow(opened.page).waitFor({ timeout: 60_000 });
  return { ms: performance.now() - start, page: opened.page, memory: opened.memory(), close: opened.close };
}

async function run(): Promise<void> {
  if (!build()) throw new Error('the console could not be built');
  const database = await createPrivatePostgres();
  const stage = await openStage({ databaseUrl: database.url });
  try {
    const rows = await fillDatabase(database.url);
    const first = await stage.openConsole();
    await signInAs(first.page, 'Priya Nair');
    const began = performance.now();
    await firstRow(first.page).waitFor({ timeout: 60_000 });
    const useful = performance.now() - began;
    await first.page
      .getByText(/synced/)
      .first()
      .waitFor({ timeout: 600_000 });
    await first.page.getByRole('button', { name: /^Open [\d,]+$/ }).waitFor();
    const synced = (performance.now() - began) / 1000;
    await first.close();

    const starts: number[] = [];
    let memory: number | null = null;
    for (let n = 0; n < 5; n++) {
      const again = await startAgain(stage);
      starts.push(again.ms);
      memory = again.memory;
      await again.close();
    }
    const last = await startAgain(stage);
    const paints = await clickToPaint(last.page, 60);
    const heap = await last.page.evaluate<number>('performance.memory.usedJSHeapSize');
    await last.page.screenshot({ path: 'out/bench/start.png' });
    await last.close();

    const measures: Measure[] = [];
    const add = (what: string, ours: string, goal = '–', held: boolean | null = null): void =>
      void measures.push({ what, ours, peer: '–', ratio: '–', goal, held });
    add(
      'first sync, network included',
      `${Math.round(rows / synced).toLocaleString('en-IN')} rows/s, ${synced.toFixed(0)} s`,
    );
    add('first conversation on the screen after signing in', `${(useful / 1000).toFixed(1)} s`);
    add(
      'process start to the list from the cache',
      `${Math.round(
        percentile(
          starts.toSorted((a, b) => a - b),
          0.5,
        ),
      )} ms`,
    );
    const p95 = percentile(paints, 0.95);
    add(
      'click on a conversation until its thread is painted, p95',
      `${p95.toFixed(0)} ms (median ${percentile(paints, 0.5).toFixed(0)} ms)`,
      '≤ 50 ms',
      p95 <= 50,
    );
    add('memory of the main process', memory === null ? 'not known here' : `${Math.round(memory / 2 ** 20)} MiB`);
    add('JavaScript heap of the window', `${Math.round(heap / 2 ** 20)} MiB`);
    publish({
      name: 'start',
      title: `The console with ${CONVERSATIONS.toLocaleString('en-IN')} conversations of one client`,
      how: `${rows.toLocaleString('en-IN')} rows in PostgreSQL, synced by the console ${first.kind === 'electron' ? 'in Electron' : 'over the stand-in: main runs in Node, the window in Chromium'}. A start is timed from the start of the process; the browser runs already.`,
      measures,
    });
  } finally {
    await stage.close();
    await closeBrowser();
    await database.remove();
  }
}

if (inKeyring(import.meta.filename)) await run();
