import { collectionOf, isCollection } from '@astrix/contract';
import type { OutboxItem, Topic } from '../../shared/ipc.ts';

/** What shows a write on its way: the outbox, the client's counters, and the views of its subject. */
export function topicsOf({
  clientId,
  subject,
  subjectId,
}: Pick<OutboxItem, 'clientId' | 'subject' | 'subjectId'>): Topic[] {
  const everywhere: Topic[] = ['outbox', 'clients'];
  if (subject === 'conversations') return [...everywhere, `inbox:${clientId}`, `thread:${subjectId}`];
  const ofAgency = isCollection(subject) && collectionOf(subject).scope === 'agency';
  return [...everywhere, `rows:${subject}:${ofAgency ? '*' : clientId}`];
}
