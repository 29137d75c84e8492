import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sourcesOf } from '../../../tools/boundaries.ts';
import { type Db, SYSTEM_REASONS } from '../../src/platform/db/index.ts';
import { forgetfulDb } from './forgetful.ts';
import { createHouse, type House, phoneOf } from './house.ts';
import { ledgerOfAgency, ledgerOfClient } from './ledger.ts';
import { ask, bodyFor, paramNames, queryFor, requestOf, SESSION_ROUTES } from './requests.ts';

let house: House;
let forgotten: () => number;
const over = (db: Db) => {
  const mutant = forgetfulDb(db);
  forgotten = mutant.forgotten;
  return mutant.db;
};
beforeAll(async () => {
  house = await createHouse({ ASTRIX_ROLE: 'api' }, { over });
});
afterAll(() => house.close());

/** What an agent, who works on the first two clients of the first agency, may never come across. */
const foreignText = () => {
  const { agencies } = house.world;
  return [
    'mark-of-1-',
    'mark-of-0-2',
    phoneOf(1, 0),
    phoneOf(0, 2),
    agencies[1].id,
    agencies[0].clients[2].id,
    ...agencies[1].clients.map(client => client.id),
    ...Object.values(agencies[1].people).map(person => person.id),
  ];
};

describe('AZ-03: a query that forgets its filter still returns nothing of another tenant', () => {
  test('every read of an agent, with all tenant filters taken out of all queries', async () => {
    const token = house.tokenOf({ agency: 0, role: 'agent' });
    const own = house.ids[0]![0]!;
    const before = forgotten();
    for (const [name, route] of SESSION_ROUTES.filter(([, route]) => route.method === 'GET')) {
      for (const query of [{}, queryFor(name, own, house.world.clock.now())]) {
        const answer = await ask(house.world, route, requestOf(route, { path: own, query, body: undefined }, token));
        expect([200, 403], `${name} ${answer.text}`).toContain(answer.status);
        for (const text of foreignText()) expect(answer.text, name).not.toContain(text);
      }
    }
    expect(forgotten() - before).toBeGreaterThan(5);
  });

  test('every route with an id of another agency, or of a client out of reach, behind an own client', async () => {
    for (const role of ['agent', 'owner'] as const) {
      const strangers = role === 'owner' ? [house.ids[1]![0]!] : [house.ids[1]![0]!, house.ids[0]![2]!];
      for (const strange of strangers) {
        for (const [name, route] of SESSION_ROUTES) {
          const inner = paramNames(route).filter(param => param !== 'clientId' && strange !== house.ids[0]![2]);
          for (const param of inner) {
            const path = { ...house.ids[0]![0]!, [param]: strange[param]! };
            const body = bodyFor(name, route, house.ids[0]![0]!, house.world.clock.now());
            const answer = await ask(
              house.world,
              route,
              requestOf(route, { path, query: {}, body }, house.tokenOf({ agency: 0, role })),
            );
            expect([403, 404], `${name} ${param} ${answer.text}`).toContain(answer.status);
          }
        }
      }
    }
  });

  test('every write of an agent changes nothing of the other agency, and nothing of a client out of reach', async () => {
    const { db, agencies } = house.world;
    const out = agencies[0].clients[2].id;
    const before = [await ledgerOfAgency(db, agencies[1].id), await ledgerOfClient(db, out)];
    const own = house.ids[0]![1]!;
    for (const [name, route] of SESSION_ROUTES.filter(
      ([name, route]) => route.method !== 'GET' && name !== 'identity.sign-out',
    )) {
      const body = bodyFor(name, route, own, house.world.clock.now());
      const token = house.tokenOf({ agency: 0, role: 'agent' });
      await ask(house.world, route, requestOf(route, { path: own, query: {}, body }, token));
    }
    expect([await ledgerOfAgency(db, agencies[1].id), await ledgerOfClient(db, out)]).toEqual(before);
  });
});

/** Who may step outside of the tenant, and why. A new place needs a line here, and somebody who reads it. */
const STEPS_OUTSIDE: readonly string[] = [
  'admin/check.ts operator',
  'admin/export-audit.ts operator',
  'admin/mail.ts send-mail',
  'admin/people.ts operator',
  'composition/assemble.ts demo-seed',
  'modules/clients/deletion.ts client-end',
  'modules/clients/retention.ts client-retention',
  'modules/connections/act.ts connections',
  'modules/connections/callback.ts connect',
  'modules/connections/check.ts connections',
  'modules/connections/connect.routes.ts connections',
  'modules/connections/connection-api.ts connections',
  'modules/connections/disconnect.ts connections',
  'modules/connections/endpoints.ts connections',
  'modules/connections/housekeep.ts connections',
  'modules/connections/read.ts connections',
  'modules/connections/refresh.ts connections',
  'modules/connections/routes.ts connections',
  'modules/connections/switches.ts switches',
  'modules/conversations/index.ts send-message',
  'modules/conversations/index.ts snooze-wake',
  'modules/conversations/index.ts vault-keys',
  'modules/conversations/send.ts send-message',
  'modules/identity/accounts.ts sign-in',
  'modules/identity/factors/own-security.ts people',
  'modules/identity/index.ts authenticate',
  'modules/identity/invitations/enrolments.ts people',
  'modules/identity/routes.ts people',
  'modules/identity/sessions/session-watch.ts authenticate',
  'modules/identity/sessions/step-up.ts people',
  'modules/identity/sign-in/lock-out.ts sign-in',
  'modules/identity/sign-in/proofs.ts sign-in',
  'modules/identity/sign-in/sign-in.ts sign-in',
  'modules/imports/index.ts imports',
  'modules/imports/run.ts imports',
  'modules/people/invitations.routes.ts people',
  'modules/people/members.routes.ts people',
  'modules/people/teams.routes.ts people',
  'modules/web-sign-in/codes.ts sign-in',
  'modules/web-sign-in/flows.ts sign-in',
  'modules/web-sign-in/join-pages.ts people',
  'modules/web-sign-in/join-pages.ts sign-in',
  'modules/web-sign-in/link-page.ts sign-in',
  'modules/web-sign-in/links.ts sign-in',
  'modules/web-sign-in/passkey-page.ts sign-in',
  'modules/web-sign-in/recover-pages.ts people',
  'modules/web-sign-in/recover-pages.ts sign-in',
  'modules/web-sign-in/routes.ts sign-in',
  'modules/web-sign-in/sign-in-page.ts sign-in',
  'modules/web-sign-in/sso.ts people',
  'modules/web-sign-in/sso.ts sign-in',
  'modules/webhooks/ingest.ts webhook-ingest',
  'modules/webhooks/owner-callbacks.ts webhook-process',
  'modules/webhooks/process.ts webhook-process',
  'modules/webhooks/receive.ts webhook-ingest',
  'platform/egress/ledger.ts provider-calls',
  'platform/loops/lease.ts lease',
  'platform/mail/mails.ts send-mail',
  'platform/retention/client-end.ts client-end',
  'platform/retention/redate.ts client-retention',
  'platform/retention/sweeper.ts retention-sweep',
  'platform/vault/index.ts vault-keys',
  'platform/vault/rewrap.ts vault-keys',
  'platform/vault/verify.ts vault-keys',
];

/** The door itself, and the one that hands it to handlers as `across`. */
const PASSES_ON: readonly string[] = ['platform/db/database.ts', 'platform/http/routes.ts'];

test('AZ-03: the system is used by these files, for these reasons, and by nobody else', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const src = 'backend/src';
  const found = new Set<string>();
  for (const path of sourcesOf(root).filter(path => path.startsWith(`${src}/`))) {
    const text = readFileSync(join(root, path), 'utf8');
    const calls = [...text.matchAll(/\b(?:withSystem|runAsSystem|across)\(/g)].length;
    const reasons = [...text.matchAll(/\b(?:(?:withSystem|runAsSystem)\(\s*[\w.]+,|across\()\s*'([a-z-]+)'/g)];
    const file = relative(src, path);
    if (!PASSES_ON.includes(file)) expect(reasons, `${file} gives its reason in words`).toHaveLength(calls);
    for (const [, reason] of reasons) found.add(`${file} ${reason}`);
  }
  expect([...found].sort()).toEqual(STEPS_OUTSIDE);
  const used = new Set([...found].map(line => line.split(' ')[1]));
  const unused = Object.keys(SYSTEM_REASONS).filter(reason => !used.has(reason));
  // Counting rows for the monitoring; the sweeper gives its own reason for what it counts.
  expect(unused).toEqual(['telemetry']);
});
