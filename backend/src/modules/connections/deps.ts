import type { Installation, Services } from '../../composition/index.ts';
import type { Manifest, ProviderApp } from '../../providers/provider.ts';
import type { Switches } from './switches.ts';

export type ConnectionsDeps = Pick<Services, 'db' | 'clock' | 'vault' | 'egress' | 'audit' | 'log' | 'emit'> &
  Pick<Installation, 'appFor' | 'sandboxUrl' | 'publicUrl'> & {
    readonly switches: Switches;
    readonly wait: (ms: number) => Promise<void>;
  };

export const appOf = (deps: Pick<ConnectionsDeps, 'appFor'>, manifest: Manifest): ProviderApp | null =>
  manifest.auth.kind === 'oauth2' ? deps.appFor(manifest.auth.app) : null;
