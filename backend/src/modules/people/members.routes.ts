import { type DirectoryPerson, roleMay } from '@astrix/contract';
import type { HandlersOf, Services } from '../../composition/index.ts';
import { fail } from '../../kernel/errors.ts';
import { type Actor, type SystemTx, txNow } from '../../platform/db/index.ts';
import { handOver, type Successor } from '../conversations/index.ts';
import {
  acceptOwnership,
  cancelOpen,
  changeRole,
  type Offer,
  offBoard,
  offerOwnership,
  openOffer,
  ownersOf,
  readDirectory,
  recoverUrl,
  restore,
  sendRecovery,
  setClients,
  startRecovery,
  suspend,
  tellBy,
  withdrawOffer,
} from '../identity/index.ts';
import { leaveTeams } from './teams.ts';

type Names = Exclude<keyof HandlersOf<'people'>, `people.${string}invit${string}` | `people.${string}team${string}`>;

const shown = ({ offeredBy, offeredTo, stepsDown, validUntil }: Offer) => ({
  offeredBy,
  offeredTo,
  stepsDown,
  validUntil: validUntil.toISOString(),
});

/** A manager sees who works on a client of theirs, and the owners and admins. */
const isSeenBy = (actor: Actor, { clientIds }: DirectoryPerson) =>
  actor.clientIds === 'all' || clientIds === null || clientIds.some(id => actor.clientIds.includes(id));

export function memberHandlers({
  ports,
  installation,
  mail,
}: Pick<Services, 'ports' | 'installation' | 'mail'>): Pick<HandlersOf<'people'>, Names> {
  const tell = tellBy({ mail });

  const one = async (tx: SystemTx, actor: Actor, personId: string): Promise<DirectoryPerson> =>
    (await readDirectory(tx, actor.agencyId, personId))[0] ?? fail('not_found');

  /** Who answers customers and is there; somebody else is told so before anything ends. */
  async function successor(
    tx: SystemTx,
    actor: Actor,
    personId: string | null,
    from: string,
  ): Promise<Successor | null> {
    if (personId === null) return null;
    const person = await one(tx, actor, personId);
    if (person.status !== 'active' || personId === from || !roleMay(person.role, 'conversation.reply'))
      fail('invalid_request', { detail: 'Choose an active colleague who answers customers.' });
    return { personId, clientIds: person.clientIds };
  }

  return {
    'people.list': ({ actor, across }) =>
      across('people', async tx => {
        const offer = await openOffer(tx, actor.agencyId);
        const people = await readDirectory(tx, actor.agencyId);
        return { people: people.filter(person => isSeenBy(actor, person)), offer: offer && shown(offer) };
      }),

    'people.change-role': ({ actor, params: { personId }, body, across }) =>
      across('people', async (tx, audit) => {
        const from = await changeRole(tx, actor, personId, body.role);
        await audit({ subjectType: 'person', subjectId: personId, detail: { from, to: body.role } });
        if (from !== body.role)
          await tell(tx, actor.agencyId, [personId], { kind: 'role-changed', role: body.role }, txNow(tx));
        return one(tx, actor, personId);
      }),

    async 'people.set-clients'({ actor, params: { personId }, body, within, across }) {
      await within(async tx => {
        for (const clientId of body.clientIds) if (!(await ports.findClient(tx, clientId))) fail('not_found');
      });
      return across('people', async (tx, audit) => {
        const { added, removed } = await setClients(tx, actor, personId, body.clientIds);
        await audit({ subjectType: 'person', subjectId: personId, detail: { added, removed } });
        return one(tx, actor, personId);
      });
    },

    'people.suspend': ({ actor, params: { personId }, across }) =>
      across('people', async (tx, audit) => {
        const { sessions } = await suspend(tx, actor, personId);
        await audit({ subjectType: 'person', subjectId: personId, detail: { sessions } });
        return one(tx, actor, personId);
      }),

    'people.restore': ({ actor, params: { personId }, across }) =>
      across('people', async (tx, audit) => {
        await restore(tx, actor, personId);
        await audit({ subjectType: 'person', subjectId: personId });
        return one(tx, actor, personId);
      }),

    'people.off-board': ({ actor, params: { personId }, body, across }) =>
      across('people', async (tx, audit) => {
        const to = await successor(tx, actor, body.handTo, personId);
        const ended = await offBoard(tx, actor, personId);
        await leaveTeams(tx, actor.agencyId, personId);
        const conversations = await handOver(tx, actor.agencyId, personId, to);
        await audit({
          subjectType: 'person',
          subjectId: personId,
          detail: { ...ended, ...conversations, handTo: body.handTo },
        });
        return { personId, at: txNow(tx).toISOString(), ...ended, conversations };
      }),

    'people.start-recovery': ({ actor, params: { personId }, across }) =>
      across('people', async (tx, audit) => {
        const { recoveryDelayHours } = await ports.agencySettings(tx, actor.agencyId);
        const { id, token, readyAt, person } = await startRecovery(tx, actor, personId, recoveryDelayHours);
        const link = await sendRecovery(
          mail,
          tx,
          actor,
          { ...person, readyAt },
          recoverUrl(installation.publicUrl(), token),
        );
        await announce(tx, actor, person, 'recovery-started');
        await audit({
          subjectType: 'person',
          subjectId: personId,
          detail: { delayHours: recoveryDelayHours, link: link === null ? 'mailed' : 'shown' },
        });
        return { recoveryId: id, readyAt: readyAt.toISOString(), link };
      }),

    'people.cancel-recovery': ({ actor, params: { personId }, across }) =>
      across('people', async (tx, audit) => {
        const person = await one(tx, actor, personId);
        if (!(await cancelOpen(tx, actor, personId))) fail('not_found');
        await announce(tx, actor, person, 'recovery-cancelled');
        await audit({ subjectType: 'person', subjectId: personId });
        return null;
      }),

    'people.offer-ownership': ({ actor, params: { personId }, body, across }) =>
      across('people', async (tx, audit) => {
        const offer = await offerOwnership(tx, actor, personId, body.stepsDown);
        await announce(tx, actor, await one(tx, actor, personId), 'ownership-offered');
        await audit({ subjectType: 'person', subjectId: personId, detail: { stepsDown: body.stepsDown } });
        return shown(offer);
      }),

    'people.accept-ownership': ({ actor, across }) =>
      across('people', async (tx, audit) => {
        const { offeredBy, stepsDown } = await acceptOwnership(tx, actor);
        const [by, person] = [await one(tx, actor, offeredBy), await one(tx, actor, actor.personId)];
        const told = [...(await ownersOf(tx, actor.agencyId)), offeredBy];
        await tell(
          tx,
          actor.agencyId,
          told,
          { kind: 'ownership-accepted', person: person.name, by: by.name },
          txNow(tx),
        );
        await audit({ subjectType: 'person', subjectId: actor.personId, detail: { from: offeredBy, stepsDown } });
        return null;
      }),

    'people.withdraw-ownership': ({ actor, across }) =>
      across('people', async (tx, audit) => {
        const offer = await openOffer(tx, actor.agencyId);
        const isTheirs = actor.role === 'owner' || offer?.offeredTo === actor.personId;
        if (!offer || !isTheirs) return fail('not_found');
        await withdrawOffer(tx, actor.agencyId);
        await audit({ subjectType: 'person', subjectId: offer.offeredTo });
        return null;
      }),
  };

  /** To the person and to every owner, so that nothing of the kind happens behind anybody's back. */
  async function announce(
    tx: SystemTx,
    actor: Actor,
    person: { readonly id: string; readonly name: string },
    kind: 'recovery-started' | 'recovery-cancelled' | 'ownership-offered',
  ): Promise<void> {
    const by = await one(tx, actor, actor.personId);
    const told = [...(await ownersOf(tx, actor.agencyId)), person.id];
    await tell(tx, actor.agencyId, told, { kind, person: person.name, by: by.name }, txNow(tx));
  }
}
