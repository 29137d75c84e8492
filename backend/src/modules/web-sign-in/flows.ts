import type { Services } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { equalDigests, open, seal } from '../../platform/crypto/index.ts';
import { type SystemTx, txNow, withSystem } from '../../platform/db/index.ts';
import type { OidcAttempt } from '../../platform/oidc/index.ts';
import type { Given } from '../identity/index.ts';
import './tables.ts';

/** Who has been recognised on the way; not signed in yet. */
export type Recognised = { readonly personId: string; readonly agencyId: string; readonly email: string };
/** What an identity provider has said, to be connected to an account when that account has been proved. */
export type PendingIdentity = {
  readonly agencyId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
};

/** A console that waits for the browser. */
export type ConsoleWaiting = {
  readonly challenge: string;
  readonly state: string;
  readonly port: number;
  /** Digest of the console's device key, base64url. */
  readonly deviceKey: string;
  readonly deviceName: string;
};

export type SignInState = {
  readonly kind: 'sign-in';
  readonly console: ConsoleWaiting;
  readonly person: Recognised | null;
  readonly given: readonly Given[];
  readonly attempt: (OidcAttempt & { readonly agencyId: string }) | null;
  readonly identity: PendingIdentity | null;
  /** Of a passkey. */
  readonly challenge: string | null;
  /** The address to which a link was sent, as it was typed. */
  readonly linkTo: string | null;
};

export type JoinState = {
  readonly kind: 'join';
  readonly ticket: string;
  readonly purpose: 'invitation' | 'recovery';
  readonly personId: string;
  readonly email: string;
  readonly name: string;
  readonly needs: 'factor' | 'code' | 'nothing';
  readonly totp: { readonly secret: string; readonly url: string } | null;
  readonly challenge: string | null;
  readonly identity: PendingIdentity | null;
};

export type PasskeyState = {
  readonly kind: 'passkey';
  readonly personId: string;
  readonly agencyId: string;
  readonly sessionId: string;
  readonly email: string;
  readonly name: string;
  readonly challenge: string;
};

type States = { readonly 'sign-in': SignInState; readonly join: JoinState; readonly passkey: PasskeyState };
type Kind = keyof States;

/** RFC 8252 asks for a short time; a person needs some to find their phone. */
const FLOW_SECONDS = { 'sign-in': 10 * 60, join: 30 * 60, passkey: 10 * 60 } as const satisfies Record<Kind, number>;

export type Flows = ReturnType<typeof createFlows>;

/** What browsers have begun. Each step reads and writes it under a lock: two tabs do not use one thing twice. */
export function createFlows({ db, keyring }: Pick<Services, 'db' | 'keyring'>) {
  const placeOf = (id: string) => ({ table: 'page_flows', field: 'state', flow: id });

  async function load<K extends Kind>(tx: SystemTx, kind: K, id: string, browser: Buffer): Promise<States[K] | null> {
    const row = await tx
      .selectFrom('page_flows')
      .select(['browser_hash', 'state_sealed'])
      .where('id', '=', id)
      .where('kind', '=', kind)
      .where('expires_at', '>', txNow(tx))
      .forUpdate()
      .executeTakeFirst();
    if (!row || !equalDigests(row.browser_hash, browser)) return null;
    return JSON.parse(open(keyring, row.state_sealed, placeOf(id))) as States[K];
  }

  async function save(tx: SystemTx, id: string, state: States[Kind]): Promise<void> {
    const state_sealed = seal(keyring, JSON.stringify(state), placeOf(id));
    await tx.updateTable('page_flows').set({ state_sealed }).where('id', '=', id).execute();
  }

  const system = <T>(work: (tx: SystemTx) => Promise<T>) => withSystem(db, 'sign-in', work);
  const gone = (): never =>
    fail('challenge_expired', {
      detail: 'This page was open for too long, or was begun in another browser. Start again where you began.',
    });

  async function begin(tx: SystemTx, browser: Buffer, state: States[Kind]): Promise<string> {
    const now = txNow(tx);
    const id = newId(now);
    await tx
      .insertInto('page_flows')
      .values({
        id,
        browser_hash: browser,
        kind: state.kind,
        state_sealed: seal(keyring, JSON.stringify(state), placeOf(id)),
        expires_at: new Date(now.getTime() + FLOW_SECONDS[state.kind] * 1000),
      })
      .execute();
    return id;
  }

  return {
    begin,

    /** Begins the choice of a second factor for whoever joins or recovers. Answers the address of its page. */
    async beginJoin(
      tx: SystemTx,
      browser: Buffer,
      purpose: JoinState['purpose'],
      { ticket, personId, email, name, needs }: Pick<JoinState, 'ticket' | 'personId' | 'email' | 'name' | 'needs'>,
      identity: PendingIdentity | null = null,
    ): Promise<`/${string}`> {
      const id = await begin(tx, browser, {
        ...{ kind: 'join', purpose, ticket, personId, email, name, needs },
        ...{ totp: null, challenge: null, identity },
      });
      return `/join/factor/${id}`;
    },

    /** Fails with `challenge_expired` for one that has ended and for one of another browser. */
    read: async <K extends Kind>(kind: K, id: string, browser: Buffer): Promise<States[K]> =>
      (await system(tx => load(tx, kind, id, browser))) ?? gone(),

    /** The same inside of a transaction that goes on with it. */
    locked: async <K extends Kind>(tx: SystemTx, kind: K, id: string, browser: Buffer): Promise<States[K]> =>
      (await load(tx, kind, id, browser)) ?? gone(),

    /** Whether it was begun in this browser and is open. */
    async isOf(tx: SystemTx, id: string, browser: Buffer): Promise<boolean> {
      const row = await tx
        .selectFrom('page_flows')
        .select('browser_hash')
        .where('id', '=', id)
        .where('expires_at', '>', txNow(tx))
        .executeTakeFirst();
      return row !== undefined && equalDigests(row.browser_hash, browser);
    },

    save,

    /** Changes some of it. */
    change: <K extends Kind>(kind: K, id: string, browser: Buffer, with_: Partial<States[K]>): Promise<States[K]> =>
      system(async tx => {
        const next = { ...((await load(tx, kind, id, browser)) ?? gone()), ...with_ } as States[K];
        await save(tx, id, next);
        return next;
      }),

    async end(tx: SystemTx, id: string): Promise<void> {
      await tx.deleteFrom('page_flows').where('id', '=', id).execute();
    },
  };
}
