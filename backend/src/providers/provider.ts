import type {
  ActName,
  Availability,
  Capability,
  CapabilityKind,
  CatalogueEntry,
  DataClass,
  KeyField,
  ProviderGroup,
  ProviderId,
  ReadInput,
} from '@astrix/contract';
import type { Clock } from '../kernel/clock.ts';
import type { Secret } from '../kernel/secret.ts';
import type { Bucket, Explain, Failed, Outcome } from '../platform/egress/index.ts';
import type { WebhookScheme } from '../platform/signatures/index.ts';
import type { ReadResult } from './accounts.ts';
import type { Act } from './act.ts';
import type { Account, Api, Ask } from './adapter-api.ts';
import type { Messaging } from './messaging.ts';
import type { Read, ReadRange } from './read.ts';

/** A provider is data and a few pure adapters; docs/guides/add-a-provider.md goes through it. */
export type Provider = {
  readonly manifest: Manifest;
  /** Null while it is only planned, or is connected through another one. */
  readonly connector: Connector | null;
  /** What it tells us by itself. Absent where it has no webhooks. */
  readonly webhook?: ProviderWebhook;
  /** Absent where customers are not written with through it. */
  readonly messaging?: Messaging;
};

export type Manifest = {
  readonly id: ProviderId;
  readonly name: string;
  readonly group: ProviderGroup;
  readonly availability: Availability;
  /** Why it is not simply live; empty for live. */
  readonly availabilityNote: string;
  readonly purpose: string;
  readonly dataClasses: readonly DataClass[];
  /** The only hosts that its calls may go to; empty for a provider that is planned. */
  readonly hosts: readonly string[];
  /** What one connection may ask, by class of cost. */
  readonly budget: Readonly<Record<string, Bucket>> & { readonly default: Bucket };
  readonly auth: OAuth2 | KeyAuth | NoAuth;
  readonly capabilities: readonly ManifestCapability[];
  readonly shareable: boolean;
};

export type ManifestCapability = {
  readonly capability: Capability;
  readonly title: string;
  /** Scopes without which it is gated (VT-10). */
  readonly needs: readonly string[];
} & (
  | { readonly kind: 'read'; readonly range: ReadRange; readonly input?: ReadInput }
  | { readonly kind: Exclude<CapabilityKind, 'read'> }
);

export type ReadCapability = Extract<ManifestCapability, { readonly kind: 'read' }>;

/** How the manifest reads a capability; undefined when it does not. */
export const readOf = (manifest: Manifest, capability: Capability): ReadCapability | undefined =>
  manifest.capabilities.find((one): one is ReadCapability => one.kind === 'read' && one.capability === capability);

/** An address as constants: the host is never built from anything that came in (VT-09). */
export type Endpoint = { readonly host: string; readonly path: string };

export type Scope = { readonly scope: string; readonly why: string };

/** Authorization code with a secret on the server, as data. What a provider does in its own way it overrides in its connector. */
export type OAuth2 = {
  readonly kind: 'oauth2';
  /** Whose app credentials: providers of one family share them (`google`, `meta`). In settings ASTRIX_APP_<NAME>_ID and _SECRET. */
  readonly app: string;
  /** Opened in the person's browser; not a host that the backend calls. */
  readonly authorize: Endpoint & {
    readonly parameters: Readonly<Record<string, string>>;
    /** `client_id` without it. */
    readonly clientIdAs?: string;
    /** Null where the provider takes its permissions from the app itself. */
    readonly scopeSeparator: ' ' | ',' | null;
  };
  readonly pkce: boolean;
  readonly callback: {
    /** `code` without it. */
    readonly codeAs?: string;
    /** What `iss` must say when the provider sends it (RFC 9207). */
    readonly issuer?: string;
    /** Other parameters of the callback that the connector needs, such as `selling_partner_id`. At most 200 characters each. */
    readonly extras?: readonly string[];
  };
  readonly token: Endpoint & { readonly body: 'form' | 'json' };
  /**
   * `rotating`: every use of a refresh token ends it. `static`: it stays. `exchange`: there is none, the access token itself is exchanged for
   * a later one. `never`: access does not end by time.
   */
  readonly refresh: 'rotating' | 'static' | 'exchange' | 'never';
  /** Null where the provider has none: the receipt then says what the person has to do there. */
  readonly revoke: (Endpoint & { readonly body: 'form' | 'json'; readonly tokenAs: string }) | null;
  /**
   * Where the provider says who consented, and in which field. Needed where revoking ends everything that this person granted to us: a
   * connection that stands on the same sign-in must survive the end of another.
   */
  readonly owner?: Endpoint & { readonly field: string };
  /** When revoking is not possible from here: where the person ends it. */
  readonly revokeByHand: string;
  readonly scopes: readonly Scope[];
};

/** A form that is made from its fields. Values of kind `secret` go into the vault, the others into the settings of the connection. */
export type KeyAuth = {
  readonly kind: 'key';
  readonly fields: readonly KeyField[];
  /** The field whose value proves who calls; other secrets of the form sign webhooks. */
  readonly credential: string;
  /** Which permissions the key should have, in the provider's words. */
  readonly scopes: readonly Scope[];
  readonly revokeByHand: string;
};
export type NoAuth = { readonly kind: 'none' };

/** App credentials of this installation. */
export type ProviderApp = { readonly id: string; readonly secret: Secret };

/** What an exchange or a refresh brings. */
export type Grant = {
  readonly accessToken: Secret;
  readonly refreshToken: Secret | null;
  /** When the access token ends; null when it does not. */
  readonly expiresAt: Date | null;
  /** When nothing can be refreshed any more and a person has to consent again; null when unknown. */
  readonly endsAt: Date | null;
  /** What was granted; null where the provider does not say. */
  readonly scopes: readonly string[] | null;
  /** What came with the callback or the token and is needed later, such as `selling_partner_id`. Never a secret. */
  readonly extras: Readonly<Record<string, string>>;
};

/** What proves who asks. `fields` are the secrets of a key connection, by name. */
export type Credential =
  | { readonly kind: 'grant'; readonly accessToken: Secret; readonly extras: Readonly<Record<string, string>> }
  | { readonly kind: 'key'; readonly fields: Readonly<Record<string, Secret>> };

export type { Account, Api, Ask } from './adapter-api.ts';

/** Without a credential: the token endpoints. Their error bodies are read by RFC 6749, unless the call brings its own reading. */
export type TokenApi = {
  readonly call: <T>(ask: Ask<T> & { readonly explain?: Explain }) => Promise<Outcome<T>>;
  readonly clock: Clock;
  readonly app: ProviderApp;
};

export type CodeExchange = {
  readonly code: Secret;
  /** Null for a provider without PKCE. */
  readonly verifier: Secret | null;
  readonly redirectUri: string;
  readonly extras: Readonly<Record<string, string>>;
};

export type { ReadResult } from './accounts.ts';

/** The reply names another account than the one that was asked for: nothing of it counts (F-08). */
export const OTHER_ACCOUNT = 'other-account';
export const otherAccount: Failed = { kind: 'malformed', reason: OTHER_ACCOUNT, stale: true, status: 200 };

export type Connector = {
  /** Credentials into headers and query parameters. Pure. */
  readonly sign: (
    credential: Credential,
    app: ProviderApp | null,
  ) => {
    readonly headers?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string>>;
  };
  /** The provider's error bodies, in ours. Pure. */
  readonly explain: Explain;
  /** Which accounts this credential reaches: the check of a key, and what is shown before a grant becomes active (VT-08). */
  readonly identify: (api: Api) => Promise<ReadResult<Account>>;
  /** What it brings, by capability; the manifest says for each what a range means. */
  readonly reads: { readonly [C in Capability]?: Read<C> };
  /** What it does at the provider, by the name of the act. Absent where nothing is written. */
  readonly acts?: { readonly [A in ActName]?: Act<A> };
  /** Overrides of what OAuth2 says as data. */
  readonly exchange?: (api: TokenApi, given: CodeExchange) => Promise<Outcome<Grant>>;
  readonly refresh?: (api: TokenApi, grant: Grant) => Promise<Outcome<Grant>>;
  readonly revoke?: (api: TokenApi, grant: Grant) => Promise<Outcome<null>>;
};

/**
 * What one event of a provider's webhook means for a connection. It is a hint, never the truth: `changed` makes what is kept stale and reads it
 * again through the API; `revoked` says that access was ended at the provider.
 */
export type HookEvent = {
  /** The same for every copy of the same event, whenever it arrives (WH-08). */
  readonly naturalKey: string;
  /** The provider's account that it is about, where the event says so; a connection of another account is not touched (WH-12). */
  readonly accountId: string | null;
  readonly change:
    | { readonly kind: 'changed'; readonly capability: Capability }
    | { readonly kind: 'revoked' }
    | { readonly kind: 'nothing'; readonly why: string };
};

/** How a provider delivers events, as data, and how they are read. docs/guides/add-a-provider.md says what happens to them. */
export type ProviderWebhook = {
  readonly scheme: WebhookScheme;
  /**
   * The changes in the parsed body of a delivery. Pure, and never throws; empty for what it does not know. `account` is the connection's own
   * where the address is one connection's. Left out where deliveries carry messages only: `Messaging.split` reads those.
   */
  readonly events?: (
    body: unknown,
    receivedAt: Date,
    account: Pick<Account, 'settings'> | null,
  ) => readonly HookEvent[];
  /** Whether a key is of the live side, where the scheme has a `liveField`. */
  readonly isLive?: (key: Readonly<Record<string, Secret>>) => boolean;
  /** The challenge to echo when the address is registered, or null to refuse (WH-13). */
  readonly handshake?: (verifyToken: string, query: Readonly<Record<string, unknown>>) => string | null;
} & (
  | {
      /** One address for the app of this installation. */
      readonly of: 'app';
      /** The app, as settings name it (ASTRIX_APP_<NAME>_…). Deliveries are signed with its secret. */
      readonly app: string;
    }
  | {
      /** Each connection has an address that cannot be guessed (WH-06). */
      readonly of: 'connection';
      /**
       * What deliveries are signed with. `app`: the secret of the app that the manifest names. `ours`: one that we make, which a person copies
       * to the provider together with the address. Anything else is the field of the form into which a person pastes the provider's.
       */
      readonly secret: 'app' | 'ours' | (string & {});
    }
);

/** What a provider posts to our app about a person: that they removed the app, or want their data deleted (WH-14). */
export type OwnerCallbacks = {
  readonly scheme: WebhookScheme;
  /** Null when no person is named, and for a request of another app. `appId` is null where ours is not known. */
  readonly read: (content: Buffer, appId: string | null) => { readonly userId: string; readonly issuedAt: Date } | null;
};

/** What the catalogue shows of a manifest; `about` depends on who asks. */
export function catalogueEntry(
  manifest: Manifest,
  about: Pick<CatalogueEntry, 'bundledWith' | 'ready' | 'missing' | 'off' | 'denied' | 'shareable' | 'revocable'>,
): CatalogueEntry {
  const { auth } = manifest;
  return {
    id: manifest.id,
    name: manifest.name,
    group: manifest.group,
    availability: manifest.availability,
    availabilityNote: manifest.availabilityNote,
    purpose: manifest.purpose,
    connects: auth.kind,
    fields: auth.kind === 'key' ? [...auth.fields] : [],
    scopes: auth.kind === 'none' ? [] : [...auth.scopes],
    dataClasses: [...manifest.dataClasses],
    capabilities: manifest.capabilities.map(one => ({
      capability: one.capability,
      kind: one.kind,
      title: one.title,
      needs: [...one.needs],
      input: (one.kind === 'read' ? one.input : undefined) ?? null,
    })),
    ...about,
  };
}
