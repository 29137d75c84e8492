import { z } from 'zod';
import { call, event } from './channel.ts';

/** The agency's server that this console works with. */
export const BackendState = z.strictObject({
  /** Its origin, such as `https://console.agency.example`. Null before one was chosen. */
  address: z.string().max(300).nullable(),
  /** False where the package or the environment of a developer decides. */
  canChange: z.boolean(),
});
export type BackendState = z.infer<typeof BackendState>;

/** What was found at an address, before the console moves there. */
export const BackendFound = z.strictObject({
  address: z.string().max(300),
  version: z.string().max(40),
  /** What a person has to look at before they go on; null when nothing is unusual. */
  caution: z.string().max(400).nullable(),
  /** What stays behind on this computer at the server in use; null when nothing does. */
  leaves: z
    .strictObject({
      host: z.string().max(300),
      /** Replies and other changes that have not reached it; null when they cannot be counted. */
      unsent: z.int().nullable(),
    })
    .nullable(),
});
export type BackendFound = z.infer<typeof BackendFound>;

const typed = z.strictObject({ address: z.string().max(2048) });

export const BACKEND_CHANNELS = {
  'backend.state': call('read', false, z.undefined(), BackendState),
  /** Asks the address who is there. Nothing changes. */
  'backend.find': call('read', false, typed, BackendFound),
  /** Moves the console to the server at the address, which is asked again. Refused while somebody is signed in. */
  'backend.use': call('write', false, typed, BackendState),
  backendChanged: event(BackendState),
} as const;
