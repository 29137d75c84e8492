import { defineModule } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { grantAccess, isMember, revokeAccess } from '../identity/index.ts';
import {
  cancelDeletion,
  changeClient,
  createClient,
  saveProfile,
  scheduleDeletion,
  setArchived,
  setFeaturesOff,
  setPaused,
} from './change.ts';
import { deletionLoop } from './deletion.ts';
import { findClient, readClients, readDirectory, readProfiles } from './read.ts';
import { redateLoop, setRetention } from './retention.ts';

import './tables.ts';

export { createClient, type NewClient } from './change.ts';
export { clientExists, clientNames, isPaused, visibleClientIds } from './read.ts';
export { keptUntil } from './retention.ts';

const ofClient = (clientId: string) => ({ subjectType: 'client', subjectId: clientId });

/** Clients of an agency, what is known about each, and who works on them. */
export const clients = defineModule({
  name: 'clients',
  create: ({ db, audit, ports: { liveConnections } }) => ({
    provides: { findClient },
    every: [deletionLoop(db, audit), redateLoop(db)],
    readers: { clients: readClients, 'client-profiles': readProfiles },
    seed: { after: ['identity'], run: async (tx, cast) => (await import('./seed.ts')).seedClients(tx, cast) },
    handlers: {
      'clients.list': async ({ tx }) => ({ clients: await readClients(tx, null) }),
      'clients.get': async ({ tx, params }) => (await readClients(tx, [params.clientId]))[0] ?? fail('not_found'),
      'clients.directory': async ({ tx }) => ({ clients: await readDirectory(tx) }),
      async 'clients.create'({ tx, actor, body, audit }) {
        const id = await createClient(tx, actor.agencyId, body);
        await audit({ ...ofClient(id), clientId: id });
        return (await readClients(tx, [id]))[0]!;
      },
      async 'clients.update'({ tx, actor, params, body, audit }) {
        const client = await changeClient(tx, actor.agencyId, params.clientId, body);
        await audit({ ...ofClient(client.id), detail: { fields: Object.keys(body).join(', ') } });
        return client;
      },
      async 'clients.set-features'({ tx, params, body, audit }) {
        const client = await setFeaturesOff(tx, params.clientId, body.off);
        await audit({ ...ofClient(client.id), detail: { off: client.featuresOff.join(', ') } });
        return client;
      },
      async 'clients.pause'({ tx, params, body, audit }) {
        const client = await setPaused(tx, params.clientId, body.paused);
        await audit({ ...ofClient(client.id), detail: { paused: body.paused } });
        return client;
      },
      async 'clients.set-retention'({ tx, params, body, audit }) {
        const { client, before } = await setRetention(tx, params.clientId, body.retention);
        await audit({ ...ofClient(client.id), detail: { from: before, to: client.retention } });
        return client;
      },
      async 'clients.archive'({ tx, params, body, audit }) {
        const client = await setArchived(tx, params.clientId, body.archived);
        await audit({ ...ofClient(client.id), clientId: client.id, detail: { archived: body.archived } });
        return client;
      },
      async 'clients.schedule-deletion'({ tx, params, body, audit }) {
        const client =
          body.action === 'schedule'
            ? await scheduleDeletion(tx, params.clientId, body.name, await liveConnections(tx, params.clientId))
            : await cancelDeletion(tx, params.clientId);
        await audit({ ...ofClient(client.id), clientId: client.id, detail: { deleteAt: client.deleteAt } });
        return client;
      },
      async 'clients.save-profile'({ tx, actor, params, body, audit }) {
        const profile = await saveProfile(tx, actor.agencyId, params.clientId, body);
        await audit({ ...ofClient(params.clientId), detail: { version: profile.version } });
        return profile;
      },
      async 'clients.grant-access'({ tx, actor, params, audit }) {
        if (!(await isMember(tx, params.personId))) fail('not_found');
        await grantAccess(tx, actor.agencyId, params.clientId, params.personId);
        await audit({ subjectType: 'person', subjectId: params.personId });
        return null;
      },
      async 'clients.revoke-access'({ tx, actor, params, audit }) {
        const removed = await revokeAccess(tx, actor.agencyId, params.clientId, params.personId);
        if (!removed) fail('not_found');
        await audit({ subjectType: 'person', subjectId: params.personId });
        return null;
      },
    },
  }),
});
