import type { ProviderId } from '@astrix/contract';
import { jira } from './jira/client.ts';
import { JIRA } from './jira/manifest.ts';
import { COMING, PLANNED } from './planned.ts';
import type { Provider } from './provider.ts';
import { WHATSAPP } from './whatsapp/manifest.ts';

/** Connected together with another one: its manifest stands for the catalogue only. */
export const THROUGH: Readonly<Partial<Record<ProviderId, ProviderId>>> = {};

/** Every provider there is. A missing entry does not compile. */
export const PROVIDERS: Readonly<Record<ProviderId, Provider>> = {
  ...PLANNED,
  ...COMING,
  whatsapp: { manifest: WHATSAPP, connector: null },
  jira: { manifest: JIRA, connector: jira },
};
