import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Keyring } from '../../src/platform/crypto/index.ts';
import type { SystemTx } from '../../src/platform/db/index.ts';

/** Ids of one client that a request of the suites can name, by the name of the parameter or field. */
export type SampleIds = Readonly<Record<string, string>>;

/** Where a module plants its rows: one client of one agency. `mark` is a text that stands in rows of this client and nowhere else. */
export type Plot = {
  readonly agencyId: string;
  readonly clientId: string;
  readonly personId: string;
  readonly mark: string;
  /** What the backend seals with. */
  readonly keyring: Keyring;
};

/**
 * What the suites that cut across all routes need to know of a module: `backend/src/modules/<module>/samples.ts` exports it as `samples`. A
 * route with a body and without a sample stops the suites (AZ-01).
 */
export type ModuleSamples = {
  /** A valid body for each route that takes one, by the id of the route. */
  readonly bodies?: Readonly<Record<string, (ids: SampleIds, now: Date) => Record<string, unknown>>>;
  /** Query parameters that can carry an id, by the id of the route. */
  readonly queries?: Readonly<Record<string, (ids: SampleIds, now: Date) => Record<string, string>>>;
  /** Path parameters that name no row, with a value. */
  readonly words?: Readonly<Record<string, string>>;
  /** Fields of a body that hold an id which the writer makes. */
  readonly made?: readonly string[];
  /** Names of the ids that `plant` answers. */
  readonly planted?: readonly string[];
  /** Writes rows for one client; answers their ids by the names under which requests carry them. */
  readonly plant?: (tx: SystemTx, plot: Plot) => Promise<SampleIds>;
};

const MODULES = join(import.meta.dirname, '..', '..', 'src', 'modules');

async function readSamples(): Promise<ModuleSamples[]> {
  const files = readdirSync(MODULES)
    .map(name => join(MODULES, name, 'samples.ts'))
    .filter(file => existsSync(file));
  return Promise.all(
    files.map(async file => ((await import(pathToFileURL(file).href)) as { samples: ModuleSamples }).samples),
  );
}

/** The samples of every module. */
export const SAMPLES: readonly ModuleSamples[] = await readSamples();
