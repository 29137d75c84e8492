import type { DemoCast, Services } from '../../composition/index.ts';
import { secret } from '../../kernel/secret.ts';
import type { SystemTx } from '../../platform/db/index.ts';
import { addConnection } from './add-connection.ts';

/** The business account that the provider sandbox speaks for. */
const BUSINESS_ACCOUNT = '100000000000001';

const shown = (phone: string) => `+${phone.slice(0, 2)} ${phone.slice(2, 7)} ${phone.slice(7)}`;

/** A WhatsApp number for each client of the demo, as if an admin had connected it. */
export async function seedConnections(
  { vault, emit }: Pick<Services, 'vault' | 'emit'>,
  tx: SystemTx,
  { agency, clients }: DemoCast,
): Promise<void> {
  for (const { id, connectionId, accountId, name, phone } of clients) {
    const opened = await addConnection(tx, vault, {
      id: connectionId,
      agencyId: agency.id,
      clientId: id,
      provider: 'whatsapp',
      accountId,
      accountName: name,
      accountDetail: shown(phone),
      account: { businessAccountId: BUSINESS_ACCOUNT },
      form: { phoneNumberId: accountId, businessAccountId: BUSINESS_ACCOUNT },
      // Looks like one of Meta's tokens, which is what the provider sandbox accepts.
      secrets: { token: secret(`EAAGdemo${accountId}`) },
    });
    await emit(tx, 'connection.opened', opened);
  }
}
