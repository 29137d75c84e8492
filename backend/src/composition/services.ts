import type { ProviderId } from '@astrix/contract';
import type { Clock } from '../kernel/clock.ts';
import type { Secret } from '../kernel/secret.ts';
import type { AuditTrail } from '../platform/audit/index.ts';
import type { Keyring, PasswordCost, verifyPassword } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db/index.ts';
import type { Egress, FetchTyped } from '../platform/egress/index.ts';
import type { Emit } from '../platform/events/index.ts';
import type { CollectionReaders } from '../platform/feed/index.ts';
import type { Jobs } from '../platform/jobs/index.ts';
import type { Mail } from '../platform/mail/index.ts';
import type { Log, Metrics } from '../platform/telemetry/index.ts';
import type { Vault } from '../platform/vault/index.ts';
import type { Messaging } from '../providers/messaging.ts';
import type { ProviderApp } from '../providers/provider.ts';
import type { DemoCast } from './demo.ts';
import type { Importers } from './imports.ts';
import type { Ports } from './ports.ts';

/** What the operator configured, as far as modules need it. */
export type Installation = {
  /** App credentials of this installation, by the app's name in the manifests; null without an app. */
  readonly appFor: (name: string) => ProviderApp | null;
  /** What that app signs its webhooks with: two secrets during a rotation (WH-05), none without an app. */
  readonly appSecretsFor: (name: string) => readonly Secret[];
  /** What the app's provider proves itself with when an address is registered (WH-13); null without one. */
  readonly verifyTokenFor: (name: string) => Secret | null;
  /** The provider sandbox, which takes the place of every provider's host; null for the real ones. */
  readonly sandboxUrl: string | null;
  /** Where this backend is reached from outside, without a path. Known once the server listens. Fails with `no_public_address` without one. */
  readonly publicUrl: () => string;
  /** False in production without ASTRIX_PUBLIC_URL: this machine's own address would lead nobody anywhere. */
  readonly hasPublicUrl: boolean;
  /** Where the data lies, in the words of the operator; null where nobody has said it. */
  readonly region: string | null;
  readonly version: string;
  readonly production: boolean;
};

/** Everything a module is created from. A function that needs little takes a `Pick` of it. */
export type Services = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly vault: Vault;
  readonly keyring: Keyring;
  readonly egress: Egress;
  /** For addresses that no manifest names, such as the identity provider of an agency. */
  readonly fetchTyped: FetchTyped;
  readonly audit: AuditTrail;
  readonly jobs: Pick<Jobs, 'enqueue'>;
  readonly mail: Omit<Mail, 'loop'>;
  readonly emit: Emit;
  readonly installation: Installation;
  readonly ports: Ports;
  /** The readers of every module's collections; to be called when all modules exist. */
  readonly readers: () => CollectionReaders;
  /** What modules import, by capability; to be called when all modules exist. */
  readonly importers: () => Importers;
  /** How customers are written with through a provider; null where they are not. */
  readonly messagingOf: (provider: ProviderId) => Messaging | null;
  readonly passwords: { readonly cost: PasswordCost; readonly verify: typeof verifyPassword };
  /** Who appears in the demo; null outside of it. */
  readonly demo: DemoCast | null;
  /** Aborts when the process stops taking work. */
  readonly draining: AbortSignal;
};
