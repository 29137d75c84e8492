import type { CatalogueEntry, ConnectionView } from '@astrix/contract';
import type { ClientView } from '../../../shared/ipc.ts';

/** What every form that connects an account is given. */
export type ConnectProps = {
  readonly client: ClientView;
  readonly entry: CatalogueEntry;
  /** The connection that gets a new consent or key; null for a new connection. */
  readonly connection: ConnectionView | null;
  readonly onConnected: (connectionId: string) => void;
};

/** What the form of one way to connect (key or OAuth) is given in addition. */
export type ConnectWayProps = ConnectProps & {
  /** The connection belongs to all clients of the agency. */
  readonly shared: boolean;
  /** Name of the client, or of the whole agency, for labels. */
  readonly forWhom: string;
};
