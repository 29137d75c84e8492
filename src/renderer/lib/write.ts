import type { WriteArgs, WriteName } from '@astrix/contract';
import type { OutboxItem } from '../../shared/ipc.ts';
import { ask, bridge } from './bridge.ts';

/** Makes a write that a feature declares. Without a network it waits in the outbox; the answer is its item there. */
export const write = <W extends WriteName>(
  name: W,
  args: WriteArgs<W> & { readonly clientId: string },
): Promise<OutboxItem> => ask(bridge.writes.make({ write: name, clientId: args.clientId, args }));
