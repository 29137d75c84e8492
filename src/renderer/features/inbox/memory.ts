import type { InboxFilter } from '@astrix/contract';
import { clientMemory } from '../../lib/client-memory.ts';

/** Filter of each client's inbox, and how far its list was scrolled, in pixels. */
export const filterMemory = clientMemory<InboxFilter>('open');
export const scrollMemory = clientMemory(0);
