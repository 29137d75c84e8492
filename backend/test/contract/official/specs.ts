import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from './types.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
/** Not part of the project: beside the checkout, or beside the folder that holds several. `npm run specs` tells where they come from. */
const FOLDER = ['..', join('..', '..')].map(up => join(root, up, 'shared', 'specs')).find(existsSync) ?? null;

/** Printed by tests that are left out for want of the documents. */
export const MISSING = 'the official documents are not beside the checkout (../shared/specs): nothing was checked';
export const hasSpecs = FOLDER !== null;

/** The place of an official file, in the folder that is there when `hasSpecs` says so. */
export const specPath = (...path: string[]): string => join(FOLDER ?? '', ...path);
export const readSpec = (...path: string[]): Json => JSON.parse(readFileSync(specPath(...path), 'utf8')) as Json;
