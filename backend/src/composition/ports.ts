import type { Capability, ProviderId, Role } from '@astrix/contract';
import type { Secret } from '../kernel/secret.ts';
import type { Authenticate, FindClient } from '../platform/authz/index.ts';
import type { Actor, AnyTx, SystemTx, TenantTx } from '../platform/db/index.ts';
import type { EgressParts } from '../platform/egress/index.ts';
import type { ActOnConnection } from '../providers/act.ts';
import type { OpenConnection } from '../providers/api.ts';
import type { Account, ProviderWebhook } from '../providers/provider.ts';
import type { ReadConnection } from '../providers/read-connection.ts';

/** The connection behind a webhook address, with what its deliveries are verified with; two secrets of each kind during a rotation. */
export type CalledAddress = {
  readonly provider: ProviderId;
  readonly connectionId: string;
  readonly webhook: ProviderWebhook;
  /** The live secrets of its addresses. */
  readonly urlSecrets: readonly Secret[];
  readonly secrets: readonly Secret[];
  /** Whether the key is of the live side, where the provider has two. */
  readonly live: boolean | null;
};

export type DemandReadable = (request: {
  readonly within: <T>(work: (tx: TenantTx) => Promise<T>) => Promise<T>;
  readonly clientId: string;
  readonly connectionId: string;
  readonly capability: Capability;
  /** What a person searches for; null for everything. */
  readonly text: string | null;
}) => Promise<{ readonly agencyId: string; readonly provider: string }>;
/** What an agency has chosen for its people. */
export type AgencySettings = {
  /** How long a recovery that an owner or admin starts waits before it can be used, in hours. */
  readonly recoveryDelayHours: 0 | 24;
  /** Limits of sessions, in seconds. Those of the product (AU-06) hold where these are longer. */
  readonly session: {
    readonly idleSeconds: number;
    readonly lifeSeconds: number;
    /** For owners and admins. */
    readonly privilegedLifeSeconds: number;
  };
  /** How many devices one person may be signed in on at a time; null for any number. */
  readonly devicesPerPerson: number | null;
  /** Systems on which people may sign in. */
  readonly platforms: readonly string[];
  /** Who may take data out of the agency. */
  readonly exportRoles: readonly Role[];
  /** How many invitations may be sent within 24 hours (AZ-10). */
  readonly invitationsPerDay: number;
};

/** What the platform, or a module, needs from another running module. Exactly one module provides each; the order of the list is free. */
export type Ports = {
  /** Finds the person behind an access token. */
  readonly authenticate: Authenticate;
  /** Calls back once, when the session ends anywhere (AU-07) or runs out. Answers the function that stops watching. */
  readonly watchSession: (sessionId: string, onEnd: (how: 'revoked' | 'expired') => void) => () => void;
  /** The clients that the person may see now. */
  readonly reachOf: (actor: Actor) => Promise<Actor['clientIds']>;
  /** Whether anybody has an agency here yet. */
  readonly hasAgencies: (tx: SystemTx) => Promise<boolean>;
  /** Whether one of these proofs is a way to sign in that the agency allows. */
  readonly allowsWay: (tx: SystemTx, agencyId: string, given: readonly string[]) => Promise<boolean>;
  readonly agencySettings: (tx: AnyTx, agencyId: string) => Promise<AgencySettings>;
  /** The client, as far as requests depend on it; null for one that the tenant of this transaction does not have. */
  readonly findClient: FindClient;
  /** Names of the systems that are connected for a client of the tenant. */
  readonly liveConnections: (tx: TenantTx, clientId: string) => Promise<readonly string[]>;
  /** Asked before each call to a provider. Throws when it cannot be known: then nothing leaves. */
  readonly mayCall: NonNullable<EgressParts['allowed']>;
  /** Opens a connection, so that a module can call its provider. */
  readonly openConnection: OpenConnection;
  /**
   * A connection of the client through which the person may read the capability now. Throws what a route answers: it does not exist, the
   * provider is denied to the person, it is switched off or has ended, the permission was not granted, or the text that it needs is missing.
   */
  readonly demandReadable: DemandReadable;
  /** Reads the newest rows of a capability through a connection, and records its health. */
  readonly readConnection: ReadConnection;
  /** Does something at the provider of a connection, once for each key. */
  readonly act: ActOnConnection;
  /** Whose webhook address was called. Null for an unknown or expired one, and for a connection that has ended. */
  readonly findCalledAddress: (tx: SystemTx, address: string) => Promise<CalledAddress | null>;
  /** The provider's account that a connection is bound to; null when the connection has ended. */
  readonly connectedAccount: (tx: SystemTx, connectionId: string) => Promise<Pick<Account, 'settings'> | null>;
};

/** Where each port comes from, for whoever has forgotten to provide one. */
const PORTS: { readonly [P in keyof Ports]: string } = {
  authenticate: 'identity',
  watchSession: 'identity',
  reachOf: 'identity',
  hasAgencies: 'identity',
  allowsWay: 'web-sign-in',
  agencySettings: 'agencies',
  findClient: 'clients',
  liveConnections: 'connections',
  mayCall: 'connections',
  openConnection: 'connections',
  demandReadable: 'connections',
  readConnection: 'connections',
  act: 'connections',
  findCalledAddress: 'connections',
  connectedAccount: 'connections',
};

type Provider = { readonly name: string; readonly provides?: Partial<Ports> };

export type PortBoard = {
  /** Usable by modules while they are created; a call before `connect` throws. */
  readonly ports: Ports;
  /** Called once, when all modules exist. Throws when a port has no provider or two. */
  readonly connect: (modules: readonly Provider[]) => void;
};

type AnyPort = (...args: never[]) => unknown;

export function createPortBoard(): PortBoard {
  const found = new Map<string, AnyPort>();
  const through =
    (name: string): AnyPort =>
    (...args) => {
      const port = found.get(name);
      if (!port) throw new Error(`The port ${name} was used before the modules were connected.`);
      return port(...args);
    };
  return {
    ports: Object.fromEntries(Object.keys(PORTS).map(name => [name, through(name)])) as unknown as Ports,
    connect(modules) {
      for (const { name: module, provides } of modules)
        for (const [name, port] of Object.entries(provides ?? {})) {
          if (found.has(name)) throw new Error(`Two modules provide the port ${name}; ${module} is the second.`);
          found.set(name, port as AnyPort);
        }
      for (const [name, module] of Object.entries(PORTS))
        if (!found.has(name))
          throw new Error(`No module provides the port ${name}. Add provides.${name} to the module ${module}.`);
    },
  };
}
