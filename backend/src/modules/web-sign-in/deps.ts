import type { Services } from '../../composition/index.ts';
import type { Oidc } from '../../platform/oidc/index.ts';
import type { Accounts } from '../identity/index.ts';
import type { Flows } from './flows.ts';

/** What the pages and routes of this module work with. */
export type WebSignInDeps = Pick<Services, 'db' | 'clock' | 'log' | 'keyring' | 'mail' | 'audit' | 'installation'> & {
  readonly accounts: Accounts;
  readonly flows: Flows;
  readonly oidc: Oidc;
};
