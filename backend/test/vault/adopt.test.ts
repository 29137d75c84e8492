import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { secret } from '../../src/kernel/secret.ts';
import { createClient } from '../../src/modules/clients/index.ts';
import { addConnection } from '../../src/modules/connections/index.ts';
import { adoptCredentials } from '../../src/modules/conversations/adopt-credentials.ts';
import { openChannel } from '../../src/modules/conversations/channels.ts';
import { createAgency } from '../../src/modules/identity/index.ts';
import { keyringFrom, newKey, seal } from '../../src/platform/crypto/index.ts';
import { createRig, type Rig, vaultDump } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

test('VT-01: a credential that an earlier version sealed in the row of a channel moves to its connection; what does not open stays', async () => {
  const keyring = keyringFrom(rig.vault.namedKey('envelope/v1'));
  const foreign = keyringFrom(newKey());
  const agency = newId();
  const channels = await rig.tx(async tx => {
    await createAgency(tx, { id: agency, name: 'Agency' });
    const client = await createClient(tx, agency, { name: 'C', initials: 'C', hue: 'teal', replyAs: 'C' });
    const made: { id: string; connection: string; client: string; sealed: string | null }[] = [];
    for (const [n, ring] of [keyring, keyring, foreign, null].entries()) {
      const connection = newId();
      const opened = await addConnection(tx, rig.vault, {
        id: connection,
        agencyId: agency,
        clientId: client,
        provider: 'whatsapp',
        accountId: `${n}`,
        accountName: '1',
        accountDetail: null,
        form: {},
        secrets: { token: secret(`new token ${n}`) },
      });
      const id = (await openChannel(tx, opened)) ?? '';
      const ref = { table: 'channels', field: 'token', agency, channel: id };
      const sealed = ring && seal(ring, `old token ${n}`, ref);
      await tx.updateTable('channels').set({ token_sealed: sealed }).where('id', '=', id).execute();
      made.push({ id, connection, client, sealed });
    }
    return made;
  });
  await rig.tx(tx => adoptCredentials(rig.vault, tx, keyring));
  const found = await rig.tx(tx =>
    Promise.all(
      channels.map(async ({ id, connection, client }) => [
        (await rig.vault.get(tx, { agencyId: agency, clientId: client, connectionId: connection }, 'token'))?.reveal(),
        (await tx.selectFrom('channels').select('token_sealed').where('id', '=', id).executeTakeFirst())?.token_sealed,
      ]),
    ),
  );
  expect(found).toEqual([
    ['old token 0', null],
    ['old token 1', null],
    ['new token 2', channels[2]?.sealed],
    ['new token 3', null],
  ]);
  // A second start finds nothing to do.
  const before = await vaultDump(rig.db);
  await rig.tx(tx => adoptCredentials(rig.vault, tx, keyring));
  expect(await vaultDump(rig.db)).toBe(before);
});
