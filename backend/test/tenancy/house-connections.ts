import { startSandbox } from '../../sandbox/server.ts';
import { newId } from '../../src/kernel/ids.ts';
import { secret } from '../../src/kernel/secret.ts';
import { GRANT, packGrant } from '../../src/modules/connections/grants.ts';
import { keyringFrom, sha256 } from '../../src/platform/crypto/index.ts';
import { type Db, type SystemTx, txNow, withSystem } from '../../src/platform/db/index.ts';
import { createVault, keksFrom, type Vault } from '../../src/platform/vault/index.ts';
import { APP_SECRET, START, type TestAgency, testConfig } from '../world.ts';

/** What the machine that began an attempt was sent; the same for all of them in these suites. */
export const RECEIPT = 'r'.repeat(43);
/** Sites of the sandbox: every client of both agencies works with the same two. */
export const SITE = '7c1f0e51-0000-4000-8000-00000000a001';
const SPARE_SITE = '7c1f0e51-0000-4000-8000-00000000a002';

export type ConnectedIds = {
  readonly connectionId: string;
  readonly spareConnectionId: string;
  readonly attemptId: string;
};
type Person = { readonly agencyId: string; readonly personId: string };
type Of = { readonly clientId: string; readonly connectionId: string; readonly sessionId: string };

/** The sandbox, and connections in it for each client of a house: with health, data, attempts, receipts, switches and denials. */
export async function connectHouse() {
  const sandbox = await startSandbox(
    { webhookUrl: 'http://127.0.0.1:9/', appSecret: APP_SECRET, numbers: [], providers: { now: () => START } },
    0,
  );
  let db: Db;
  let vault: Vault;

  async function putGrant(tx: SystemTx, place: Parameters<Vault['put']>[1]): Promise<void> {
    const scopes = ['read:jira-work', 'read:jira-user', 'offline_access'];
    const issued = sandbox.providers.book.issue({ provider: 'jira', family: newId(), scopes, extras: {} });
    const grant = {
      accessToken: secret(issued.accessToken),
      refreshToken: secret(issued.refreshToken),
      expiresAt: new Date(txNow(tx).getTime() + 365 * 86_400_000),
      endsAt: null,
      scopes,
      extras: {},
    };
    await vault.put(tx, place, GRANT, packGrant(grant));
  }

  async function connection(tx: SystemTx, agency: TestAgency, clientId: string | null, account: string) {
    const id = newId();
    await putGrant(tx, { agencyId: agency.id, clientId, connectionId: id });
    await tx
      .insertInto('connections')
      .values({
        agency_id: agency.id,
        id,
        client_id: clientId,
        provider: 'jira',
        status: 'active',
        account_id: account,
        account_name: account,
        account_detail: null,
        settings: JSON.stringify({ account: { url: 'https://chai-katha.atlassian.net' }, form: {}, extras: {} }),
        vault_id: id,
        owner_id: null,
        granted: null,
        token_ends_at: null,
        access_ends_at: null,
        connected_by: agency.people.owner.id,
        connected_at: txNow(tx),
        checked_at: null,
        fault: null,
        refresh_owner: null,
        refresh_until: null,
        refresh_after: null,
      })
      .execute();
    return id;
  }

  async function attempt(tx: SystemTx, { agencyId, personId }: Person, { clientId, connectionId, sessionId }: Of) {
    const id = newId();
    const now = txNow(tx);
    const ends = new Date(now.getTime() + 600_000);
    const accounts = [
      { id: SITE, name: 'chai-katha', detail: null, settings: { url: 'https://chai-katha.atlassian.net' } },
    ];
    await putGrant(tx, { agencyId, clientId, connectionId: id });
    await tx
      .insertInto('connect_attempts')
      .values({
        agency_id: agencyId,
        id,
        client_id: clientId,
        shared: false,
        provider: 'jira',
        connection_id: connectionId,
        person_id: personId,
        session_id: sessionId,
        state_hash: sha256(id),
        redirect_uri: 'http://127.0.0.1/oauth/callback/jira',
        loopback_port: 45_454,
        scopes: '[]',
        stage: 'ready',
        receipt_hash: sha256(RECEIPT),
        accounts: JSON.stringify(accounts),
        granted: null,
        owner_id: null,
        access_ends_at: null,
        token_ends_at: null,
        extras: '{}',
        replaced_vault_id: null,
        created_at: now,
        ends_at: ends,
        expires_at: ends,
      })
      .execute();
    return id;
  }

  async function around(tx: SystemTx, agency: TestAgency, clientId: string | null, connectionId: string) {
    const of = { agency_id: agency.id, connection_id: connectionId };
    const now = txNow(tx);
    const later = new Date(now.getTime() + 86_400_000);
    await tx
      .insertInto('connection_health')
      .values({ ...of, capability: 'tasks', kind: 'read', ok_at: now, failed_at: null, fault: null })
      .execute();
    await tx
      .insertInto('previews')
      .values({ ...of, capability: 'tasks', rows: '[]', complete: true, fetched_at: now, expires_at: later })
      .execute();
    const endpoint = newId();
    await tx
      .insertInto('webhook_endpoints')
      .values({
        ...of,
        id: endpoint,
        hash: sha256(endpoint),
        created_at: now,
        expires_at: null,
        old_secret_until: null,
      })
      .execute();
    if (clientId !== null)
      await tx
        .insertInto('connection_acts')
        .values({
          ...of,
          id: newId(),
          client_id: clientId,
          act: 'tasks.comment',
          key: newId(),
          input_hash: sha256('what was asked'),
          state: 'done',
          attempted_at: now,
          busy_until: null,
          result: '{"id":"1"}',
          fault: null,
          requested_by: agency.people.owner.id,
          created_at: now,
          settled_at: now,
          expires_at: later,
        })
        .execute();
    await tx
      .insertInto('connection_receipts')
      .values({
        agency_id: agency.id,
        id: newId(),
        connection_id: newId(),
        client_id: clientId,
        provider: 'jira',
        account_name: `ended at ${clientId}`,
        requested_by: agency.people.owner.id,
        local_ended_at: now,
        revocation: 'by-hand',
        revoked_at: null,
        next_at: null,
        by_hand: '',
        vault_id: newId(),
        key_destroyed_at: now,
        secrets: '[]',
        finished_at: now,
        expires_at: later,
      })
      .execute();
  }

  return {
    url: sandbox.url,
    async open(of: Db): Promise<void> {
      db = of;
      vault = createVault({ db, keks: keksFrom(testConfig()) });
      await vault.open();
    },
    /** What the backend of the house seals with. */
    keyring: () => keyringFrom(vault.namedKey('envelope/v1')),
    attempt: (person: Person, of: Of): Promise<string> => withSystem(db, 'demo-seed', tx => attempt(tx, person, of)),
    /** Of each client: one connection that is used, one to spare, and an attempt of the owner. */
    fill: (agency: TestAgency, sessionId: string): Promise<ConnectedIds[]> =>
      withSystem(db, 'demo-seed', async tx => {
        const owner = { agencyId: agency.id, personId: agency.people.owner.id };
        const found: ConnectedIds[] = [];
        for (const { id: clientId } of agency.clients) {
          const connectionId = await connection(tx, agency, clientId, SITE);
          const spareConnectionId = await connection(tx, agency, clientId, SPARE_SITE);
          await around(tx, agency, clientId, connectionId);
          const attemptId = await attempt(tx, owner, { clientId, connectionId, sessionId });
          found.push({ connectionId, spareConnectionId, attemptId });
        }
        await around(tx, agency, null, await connection(tx, agency, null, SPARE_SITE));
        const off = { reason: 'a drill', by: agency.people.owner.id, at: txNow(tx) };
        await tx
          .insertInto('switches')
          .values({ agency_id: agency.id, scope: 'provider', subject: 'canva', ...off })
          .execute();
        await tx
          .insertInto('provider_denials')
          .values({ agency_id: agency.id, person_id: agency.people.client.id, provider: 'canva' })
          .execute();
        return found;
      }),
    close: sandbox.close,
  };
}

export type Connected = Awaited<ReturnType<typeof connectHouse>>;
