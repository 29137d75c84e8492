import type { SignedIn } from '@astrix/contract';
import type { Services } from '../../../composition/index.ts';
import { fail } from '../../../kernel/errors.ts';
import type { Secret } from '../../../kernel/secret.ts';
import { type SystemTx, txNow } from '../../../platform/db/index.ts';
import { networkOf } from '../../../platform/http/index.ts';
import { factorsOf } from '../factors/factors.ts';
import { type Given, stillSuffices } from '../factors/suffices.ts';
import type { Tell } from '../mails.ts';
import { demandDevice } from './device-rules.ts';
import { networkLabel } from './network-label.ts';
import { type Device, isKnownDevice, startSession } from './sessions.ts';

export type BeginDeps = Pick<Services, 'audit' | 'ports'> & {
  readonly refreshKey: Secret<Buffer>;
  readonly digestOf: (network: string) => Buffer;
  readonly tell: Tell;
};

export type Beginning = {
  readonly personId: string;
  readonly agencyId: string;
  readonly device: Device;
  readonly ip: string;
  /** What the person has shown. */
  readonly given: readonly Given[];
};

/**
 * The one way to a session (AU-10): looks at the membership as it is now and asks whether what was shown is enough for its role. Refuses
 * with `forbidden` and a sentence that says what is missing.
 */
export async function beginSession(deps: BeginDeps, tx: SystemTx, beginning: Beginning): Promise<SignedIn> {
  const { personId, agencyId, device, ip, given } = beginning;
  const member = await tx
    .selectFrom('memberships as m')
    .innerJoin('people as p', 'p.id', 'm.person_id')
    .select('m.role')
    .where('m.agency_id', '=', agencyId)
    .where('m.person_id', '=', personId)
    .where('m.disabled_at', 'is', null)
    .where('p.disabled_at', 'is', null)
    .executeTakeFirst();
  if (!member) return fail('sign_in_refused');
  const factors = await factorsOf(tx, personId);
  if (!stillSuffices(member.role, given, factors.totp + factors.passkeys > 0))
    fail('forbidden', {
      detail: 'Your role needs a second factor, and none is set up. Ask an owner or admin of your agency.',
    });
  if (!(await deps.ports.allowsWay(tx, agencyId, given)))
    fail('forbidden', {
      detail: 'Your agency does not allow this way to sign in. Choose another one, or ask an owner of your agency.',
    });
  const known = await isKnownDevice(tx, personId, device);
  const settings = await deps.ports.agencySettings(tx, agencyId);
  await demandDevice(tx, settings, { agencyId, personId, device });
  const answer = await startSession(tx, deps.refreshKey.reveal(), settings.session, {
    agencyId,
    personId,
    role: member.role,
    device,
    given,
    network: networkLabel(ip),
    networkHash: deps.digestOf(networkOf(ip)),
  });
  await deps.audit.write(tx, {
    event: 'session.start',
    agencyId,
    actorId: personId,
    sessionId: answer.sessionId,
    subjectType: 'session',
    subjectId: answer.sessionId,
    detail: { given: given.join('+'), device: known },
  });
  const now = txNow(tx);
  if (known === 'new') {
    const notice = { kind: 'new-device', device: device.name, network: networkLabel(ip) } as const;
    await deps.tell(tx, agencyId, [personId], notice, now);
  }
  if (given.includes('recovery')) await deps.tell(tx, agencyId, [personId], { kind: 'recovery-code-used' }, now);
  return answer;
}
