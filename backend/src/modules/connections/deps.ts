import type { Clock } from '../../kernel/clock.ts';
import type { AuditTrail } from '../../platform/audit/index.ts';
import type { Db } from '../../platform/db/index.ts';
import type { Egress } from '../../platform/egress/index.ts';
import type { Emit } from '../../platform/events/index.ts';
import type { Log, Metrics } from '../../platform/telemetry/index.ts';
import type { Vault } from '../../platform/vault/index.ts';
import type { Manifest, ProviderApp } from '../../providers/provider.ts';
import type { Switches } from './switches.ts';

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
  readonly emit: Emit;
  readonly wait: (ms: number) => Promise<void>;
};

export const appOf = (deps: Pick<ConnectionsDeps, 'appFor'>, manifest: Manifest): ProviderApp | null =>
  manifest.auth.kind === 'oauth2' ? deps.appFor(manifest.auth.app) : null;
