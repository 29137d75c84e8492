import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasSpecs, MISSING } from './official/index.ts';
import { specPath } from './official/specs.ts';

// Delhivery publishes no machine-readable document: its portal needs a log-in, and copies by others carry no licence. What is known from
// words and live replies is held by backend/src/providers/delhivery/delhivery.test.ts. This fails on the day that a document is there.
test.skipIf(!hasSpecs)(
  `S3: Delhivery has no official document to hold its calls against${hasSpecs ? '' : ` (${MISSING})`}`,
  () => {
    for (const name of ['openapi.json', 'openapi.yaml', 'swagger.json', 'swagger.yaml', 'postman.json'])
      expect(existsSync(specPath('delhivery', name)), name).toBe(false);
  },
);
