import { defineModule } from '../../composition/index.ts';
import { createOidc } from '../../platform/oidc/index.ts';
import { createAccounts } from '../identity/index.ts';
import type { WebSignInDeps } from './deps.ts';
import { createFlows } from './flows.ts';
import { joinPages } from './join-pages.ts';
import { linkPage } from './link-page.ts';
import { passkeyPage } from './passkey-page.ts';
import { recoverPages } from './recover-pages.ts';
import { webSignInHandlers } from './routes.ts';
import { signInPages } from './sign-in-page.ts';
import { ssoPages } from './sso.ts';
import './tables.ts';
import { allowsWay } from './ways.ts';

/** Ways to sign in that need a browser, and the public pages for people who join or recover their account. */
export const webSignIn = defineModule({
  name: 'web-sign-in',
  create(services) {
    const deps: WebSignInDeps = {
      ...services,
      accounts: createAccounts(services),
      flows: createFlows(services),
      oidc: createOidc(services.fetchTyped, services.clock, services.installation.production),
    };
    return {
      handlers: webSignInHandlers(deps),
      pages: [
        ...signInPages(deps),
        linkPage(deps),
        ...ssoPages(deps),
        passkeyPage(deps),
        ...joinPages(deps),
        ...recoverPages(deps),
      ],
      provides: { allowsWay },
    };
  },
});
