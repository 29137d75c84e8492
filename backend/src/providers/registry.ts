import type { ProviderId } from '@astrix/contract';
import { jira } from './jira/client.ts';
import { JIRA } from './jira/manifest.ts';
import { COMING, PLANNED } from './planned.ts';
import type { Provider } from './provider.ts';
import { WHATSAPP } from './whatsapp/manifest.ts';

/** Every provider there is. A missing entry does not compile. */
export const PROVIDERS: Readonly<Record<ProviderId, Provider>> = {
  ...PLANNED,
  ...COMING,
  whatsapp: { manifest: WHATSAPP, connector: null },
  jira: { manifest: JIRA, connector: jira },
};
