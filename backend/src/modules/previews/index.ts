import { defineModule } from '../../composition/index.ts';
import { createPreviews } from './read.ts';
import { forgetPreviews, markOutdated, storePreview } from './repo.ts';

/** The page of rows that a connection shows: the newest of each capability, kept for a day so that they are there while the provider is not. */
export const previews = defineModule({
  name: 'previews',
  create(services) {
    const read = createPreviews(services);
    return {
      handlers: {
        'previews.read': ({ within, params, query, actor }) =>
          read(within, { ...params, text: query.text ? query.text : null, refresh: query.refresh === '1' }, actor),
      },
      hears: {
        'connection.read': storePreview,
        'connection.changed': (tx, ref) => markOutdated(tx, ref, ref.capability),
        // With a new consent or a new key the account may show other rows.
        'connection.opened': (tx, ref) => markOutdated(tx, ref, null),
        async 'connection.closed'(tx, ref) {
          if (ref.complete) ref.deleted(await forgetPreviews(tx, ref));
        },
        async 'connection.data-deleted'(tx, ref) {
          ref.deleted(await forgetPreviews(tx, ref));
        },
      },
    };
  },
});
