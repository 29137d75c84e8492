import type { CatalogueEntry } from '@astrix/contract';
import type { Installation, Services } from '../../composition/index.ts';
import type { Manifest, ProviderApp } from '../../providers/provider.ts';
import type { Switches } from './switches.ts';

export type ConnectionsDeps = Pick<Services, 'db' | 'clock' | 'vault' | 'egress' | 'audit' | 'log' | 'emit'> &
  Pick<Installation, 'appFor' | 'sandboxUrl' | 'publicUrl' | 'hasPublicUrl'> & {
    readonly switches: Switches;
    readonly wait: (ms: number) => Promise<void>;
  };

/** What this installation lacks to connect the provider; undefined where it can be connected. */
export function missingFor(
  deps: Pick<ConnectionsDeps, 'appFor' | 'hasPublicUrl'>,
  manifest: Manifest,
): CatalogueEntry['missing'] {
  if (manifest.auth.kind !== 'oauth2') return undefined;
  if (appOf(deps, manifest) === null) return 'app';
  return deps.hasPublicUrl ? undefined : 'public-address';
}

export const appOf = (deps: Pick<ConnectionsDeps, 'appFor'>, manifest: Manifest): ProviderApp | null =>
  manifest.auth.kind === 'oauth2' ? deps.appFor(manifest.auth.app) : null;
