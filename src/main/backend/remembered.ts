import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FIRST_BACKEND } from '../environment.ts';
import { writeAtomically } from '../settings/settings.ts';
import { readAddress } from './address.ts';

const FILE = 'backend.json';

const Origin = z
  .string()
  .max(300)
  .refine(text => isOrigin(text), 'must be the address of a server');
const Remembered = z.object({ address: Origin });
/** `canChange: false` keeps everybody who uses the package at this address. */
const Packaged = z.strictObject({ address: Origin, canChange: z.boolean().default(true) });
export type Packaged = z.infer<typeof Packaged>;

function isOrigin(text: string): boolean {
  try {
    return readAddress(text).origin === text;
  } catch {
    return false;
  }
}

/** The address that somebody chose on this computer. No secret: the file only says where the console looks. */
export type RememberedBackend = { readonly get: () => string | null; readonly set: (origin: string) => void };

/** A file that cannot be read is kept beside, and the console asks again. */
export function openRemembered(place: string): RememberedBackend {
  const path = join(place, FILE);
  return {
    get() {
      // A console from before there was a choice has its data in the folder itself, and goes on with them.
      if (!existsSync(path)) return existsSync(join(place, 'cache')) ? FIRST_BACKEND : null;
      try {
        return Remembered.parse(JSON.parse(readFileSync(path, 'utf8'))).address;
      } catch {
        renameSync(path, `${path}.unreadable`);
        return null;
      }
    },
    set: address => writeAtomically(path, `${JSON.stringify({ address }, null, 2)}\n`),
  };
}

/** What the package says about its backend; null when it says nothing. Throws a sentence that names the file when it cannot be used. */
export function readPackaged(path: string): Packaged | null {
  if (!existsSync(path)) return null;
  try {
    return Packaged.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new Error(`${path} must be {"address": "https://<host>", "canChange": true or false}.`);
  }
}
