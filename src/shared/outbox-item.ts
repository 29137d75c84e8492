import { Fault, fields, MessageRow } from '@astrix/contract';
import { z } from 'zod';

const { Id, Instant } = fields;

/** What the server decided about a write, for a person to read. */
export const Refusal = z.strictObject({
  ...Fault.shape,
  /** Messages that arrived after the writer last looked. */
  newer: z.array(MessageRow).max(50),
});
export type Refusal = z.infer<typeof Refusal>;

/** One write on its way: `waiting` to be sent, `sending`, or `refused` by the server and waiting for a person. */
export const OutboxItem = z.strictObject({
  id: Id,
  clientId: Id,
  /** Id of the declaration; one that only a newer version knows is kept and shown as such. */
  write: z.string().max(80),
  /** The declaration's word for it, such as «Note». */
  label: z.string().max(40),
  /** Collection and id of the row that it changes. */
  subject: z.string().max(60),
  subjectId: z.string().max(80),
  /** The customer of the conversation that it changes; null for other rows, and when the conversation is not here. */
  customer: z.string().max(200).nullable(),
  state: z.enum(['waiting', 'sending', 'refused']),
  /** Text of a reply or a note; a plain sentence for the others. */
  summary: z.string().max(8192),
  createdAt: Instant,
  attempts: z.int(),
  refusal: Refusal.nullable(),
});
export type OutboxItem = z.infer<typeof OutboxItem>;
