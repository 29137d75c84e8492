import type { ProviderId } from '@astrix/contract';
import { amazonSpApi } from './amazon-sp-api/client.ts';
import { AMAZON_SP_API } from './amazon-sp-api/manifest.ts';
import { delhivery } from './delhivery/client.ts';
import { DELHIVERY } from './delhivery/manifest.ts';
import { delhiveryWebhook } from './delhivery/webhook.ts';
import { googleAds } from './google-ads/client.ts';
import { GOOGLE_ADS } from './google-ads/manifest.ts';
import { googleAnalytics } from './google-analytics/client.ts';
import { GOOGLE_ANALYTICS } from './google-analytics/manifest.ts';
import { googleDrive } from './google-drive/client.ts';
import { GOOGLE_DOCS, GOOGLE_DRIVE, GOOGLE_SHEETS } from './google-drive/manifest.ts';
import { instagram } from './instagram/client.ts';
import { INSTAGRAM } from './instagram/manifest.ts';
import { instagramWebhook } from './instagram/webhook.ts';
import { jira } from './jira/client.ts';
import { JIRA } from './jira/manifest.ts';
import { jiraWebhook } from './jira/webhook.ts';
import { metaCallbacks } from './meta/callbacks.ts';
import { META_DELIVERIES } from './meta/webhooks.ts';
import { metaAds } from './meta-ads/client.ts';
import { META_ADS } from './meta-ads/manifest.ts';
import { PLANNED } from './planned.ts';
import type { OwnerCallbacks, Provider } from './provider.ts';
import { stripe } from './stripe/client.ts';
import { STRIPE } from './stripe/manifest.ts';
import { stripeWebhook } from './stripe/webhook.ts';
import { whatsapp } from './whatsapp/connector.ts';
import { WHATSAPP } from './whatsapp/manifest.ts';
import { whatsappMessaging } from './whatsapp/messaging.ts';

/** Connected together with another one: its manifest stands for the catalogue only. */
export const BUNDLED_WITH: Readonly<Partial<Record<ProviderId, ProviderId>>> = {
  'google-docs': 'google-drive',
  'google-sheets': 'google-drive',
};

/** Every provider there is. A missing entry does not compile. */
export const PROVIDERS: Readonly<Record<ProviderId, Provider>> = {
  ...PLANNED,
  'google-ads': { manifest: GOOGLE_ADS, connector: googleAds },
  'google-analytics': { manifest: GOOGLE_ANALYTICS, connector: googleAnalytics },
  'google-drive': { manifest: GOOGLE_DRIVE, connector: googleDrive },
  'google-docs': { manifest: GOOGLE_DOCS, connector: null },
  'google-sheets': { manifest: GOOGLE_SHEETS, connector: null },
  'amazon-sp-api': { manifest: AMAZON_SP_API, connector: amazonSpApi },
  delhivery: { manifest: DELHIVERY, connector: delhivery, webhook: delhiveryWebhook },
  stripe: { manifest: STRIPE, connector: stripe, webhook: stripeWebhook },
  whatsapp: {
    manifest: WHATSAPP,
    connector: whatsapp,
    webhook: { ...META_DELIVERIES, app: 'whatsapp' },
    messaging: whatsappMessaging,
  },
  'meta-ads': { manifest: META_ADS, connector: metaAds },
  instagram: { manifest: INSTAGRAM, connector: instagram, webhook: instagramWebhook },
  jira: { manifest: JIRA, connector: jira, webhook: jiraWebhook },
};

/** Callbacks about people that the provider of an app posts to it, by the app's name in the manifests. */
export const OWNER_CALLBACKS = { meta: metaCallbacks } as const satisfies Readonly<Record<string, OwnerCallbacks>>;
