import type { DataClass, ProviderGroup, ProviderId } from '@astrix/contract';
import type { Provider } from './provider.ts';

/** Named, so that people see what is coming, and empty, so that nothing can be done with it (OP-14). */
function planned(
  id: ProviderId,
  name: string,
  group: ProviderGroup,
  purpose: string,
  dataClasses: readonly DataClass[],
  availabilityNote = 'Planned for a later version of Astrix.',
): Provider {
  return {
    connector: null,
    manifest: {
      id,
      name,
      group,
      availability: 'planned',
      availabilityNote,
      purpose,
      dataClasses,
      hosts: [],
      budget: { default: { burst: 1, perSecond: 1 } },
      auth: { kind: 'none' },
      capabilities: [],
      shareable: false,
    },
  };
}

const BUSINESS: readonly DataClass[] = ['client-business'];

export const PLANNED = {
  'web-chat': planned('web-chat', 'Web chat', 'messaging', 'Answers visitors of the client’s website.', [
    'end-customer',
  ]),
  flipkart: planned('flipkart', 'Flipkart', 'commerce', 'Watches orders and shipments of a Flipkart seller.', [
    'client-business',
    'marketplace-buyer-pii',
  ]),
  meesho: planned(
    'meesho',
    'Meesho',
    'commerce',
    'Takes in order files of a Meesho supplier.',
    BUSINESS,
    'Meesho has no public API; orders will come in as files.',
  ),
  shiprocket: planned('shiprocket', 'Shiprocket', 'commerce', 'Books, labels and tracks shipments.', ['logistics']),
  razorpay: planned('razorpay', 'Razorpay', 'payments', 'Sends payment links and learns when they are paid.', [
    'payment-metadata',
  ]),
  'amazon-ads': planned('amazon-ads', 'Amazon Ads', 'ads', 'Reports daily numbers of campaigns on Amazon.', BUSINESS),
  'linkedin-ads': planned(
    'linkedin-ads',
    'LinkedIn Ads',
    'ads',
    'Reports daily numbers of campaigns on LinkedIn.',
    BUSINESS,
  ),
  facebook: planned(
    'facebook',
    'Facebook Pages',
    'social',
    'Reports the performance of a page and its posts.',
    BUSINESS,
  ),
  threads: planned('threads', 'Threads', 'social', 'Reports the performance of a profile and its posts.', BUSINESS),
  youtube: planned('youtube', 'YouTube', 'social', 'Reports the performance of a channel and its videos.', BUSINESS),
  x: planned('x', 'X', 'social', 'Reports the performance of a profile and its posts.', BUSINESS),
  linkedin: planned('linkedin', 'LinkedIn', 'social', 'Reports the performance of an organisation’s posts.', BUSINESS),
  sharepoint: planned('sharepoint', 'SharePoint', 'files', 'Finds and reads files that were picked.', [
    'files-content',
  ]),
  canva: planned('canva', 'Canva', 'files', 'Finds designs and exports them.', ['files-content']),
  'google-calendar': planned(
    'google-calendar',
    'Google Calendar',
    'work',
    'Keeps bookings in step with a calendar.',
    BUSINESS,
  ),
  wix: planned('wix', 'Wix', 'work', 'Links to pages, and reports on the site and its shop.', BUSINESS),
  apollo: planned('apollo', 'Apollo', 'outreach', 'Reports on outreach between businesses; read only.', BUSINESS),
  instantly: planned(
    'instantly',
    'Instantly',
    'outreach',
    'Reports on e-mail campaigns between businesses; read only.',
    BUSINESS,
  ),
} as const satisfies Partial<Record<ProviderId, Provider>>;
