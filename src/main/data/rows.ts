import { type CollectionName, collectionOf, isCollection } from '@astrix/contract';
import { z } from 'zod';
import type { Cache } from '../cache/api.ts';
import type { Handlers } from '../ports.ts';
import { checkedResult, declared } from './checked.ts';

type Own = Pick<Handlers, 'rows.list' | 'rows.get' | 'rows.search'>;

/** Collections that the window reads by name. The others have channels of their own, because their views hold more than a row. */
const isListed = (name: string): name is CollectionName => isCollection(name) && collectionOf(name).store === 'rows';

/** Reads any collection of the cache's common table. Rows cross in the shape of their collection and in no other. */
export function rowHandlers(cache: () => Pick<Cache, 'rows' | 'row' | 'searchRows'>): Own {
  return {
    async 'rows.list'({ collection, ...query }) {
      const name = declared('collection', collection, isListed);
      const { rows, next } = await cache().rows({ ...query, collection: name });
      return { rows: checkedResult(z.array(collectionOf(name).row), rows), next };
    },
    async 'rows.get'({ collection, clientId, id }) {
      const name = declared('collection', collection, isListed);
      return checkedResult(collectionOf(name).row.nullable(), await cache().row({ collection: name, clientId, id }));
    },
    'rows.search': query => cache().searchRows(query),
  };
}
