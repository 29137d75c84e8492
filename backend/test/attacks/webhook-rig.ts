import { withSystem } from '../../src/platform/db/index.ts';
import { messagePayload, type World } from '../world.ts';

/** What the webhook suites have in common: messages that are all different, a post, and what has come of it. */
export function webhookRig(worldOf: () => World) {
  let messages = 0;
  return {
    /** How many were made; the id of the last one ends in it. */
    count: () => messages,
    aMessage: (text = 'hello', client = 0) => {
      messages += 1;
      const { accountId } = worldOf().agencies[0].clients[client]!;
      const message = { id: `wamid.attack.${messages}`, from: '919876543210', text, at: worldOf().clock.now() };
      return messagePayload(accountId, message);
    },
    bytes: (payload: object) => Buffer.from(JSON.stringify(payload)),
    post: (body: Buffer, headers: Record<string, string | string[] | undefined>, to = worldOf()) =>
      to.inject({
        method: 'POST',
        url: '/webhooks/app/whatsapp',
        headers: headers as Record<string, string>,
        payload: body,
      }),
    stored: () =>
      withSystem(worldOf().db, 'telemetry', async tx => {
        const deliveries = await tx.selectFrom('webhook_deliveries').select('id').execute();
        const kept = await tx
          .selectFrom('messages')
          .select(['text', 'client_id'])
          .where('direction', '=', 'in')
          .execute();
        return { waiting: deliveries.length, texts: kept.map(message => message.text) };
      }),
  };
}
