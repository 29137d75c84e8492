import { z } from 'zod';

/** A conversation with queued replies. */
export const SendData = z.strictObject({ agencyId: z.uuid(), conversationId: z.uuid() });
export type SendData = z.infer<typeof SendData>;

export const SEND_JOB = { name: 'messages.send', schema: SendData } as const;
