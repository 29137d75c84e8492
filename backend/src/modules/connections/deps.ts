import type { Clock } from '../../kernel/clock.ts';
import type { AuditTrail } from '../../platform/audit/index.ts';
import type { Db, SystemTx } from '../../platform/db/index.ts';
import type { Egress } from '../../platform/egress/index.ts';
import type { Log, Metrics } from '../../platform/telemetry/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import type { Manifest, ProviderApp } from '../../providers/provider.ts';
import type { Switches } from './switches.ts';

/** A number or handle that customers are answered through, for the part of the product that answers. */
export type Sender = {
  readonly agencyId: string;
  readonly clientId: string;
  readonly connectionId: string;
  readonly accountId: string;
  readonly address: string;
  readonly settings: Readonly<Record<string, string>>;
};

export type ConnectionsDeps = {
  readonly db: Db;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly egress: Egress;
  readonly audit: AuditTrail;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly switches: Switches;
  /** App credentials of this installation, by the name in the manifests. */
  readonly appFor: (name: string) => ProviderApp | null;
  /** The provider sandbox; null for the real providers. */
  readonly sandboxUrl: string | null;
  /** Where providers send people back to, without a path. */
  readonly publicUrl: () => string;
  /** Told in the same transaction when a sender begins, changes or ends. */
  readonly senders: {
    readonly open: (tx: SystemTx, sender: Sender) => Promise<void>;
    readonly close: (tx: SystemTx, agencyId: string, connectionId: string) => Promise<void>;
  };
  readonly wait: (ms: number) => Promise<void>;
};

export const appOf = (deps: Pick<ConnectionsDeps, 'appFor'>, manifest: Manifest): ProviderApp | null =>
  manifest.auth.kind === 'oauth2' ? deps.appFor(manifest.auth.app) : null;
