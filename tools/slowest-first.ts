import { relative, sep } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest begins first, so that at the end no core waits for another one. By measured seconds; the size of a file says little. */
const SLOWEST: readonly string[] = [
  'backend/test/providers/hostile.test.ts',
  'tools/sample-module.test.ts',
  'backend/test/connections/oauth-corpus.test.ts',
  'backend/test/faults/keys.test.ts',
  'backend/test/faults/ingest.test.ts',
  'backend/test/vault/rewrap-killed.test.ts',
  'backend/test/connections/refresh-storm.test.ts',
  'backend/test/faults/operations.test.ts',
];

/** The order of Vitest, after the files that are known to take long. */
export class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const path = relative(this.ctx.config.root, moduleId).split(sep).join('/');
      return SLOWEST.includes(path) ? SLOWEST.indexOf(path) : SLOWEST.length;
    };
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
