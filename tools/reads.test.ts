import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { READS_FILE, readsText } from './reads.ts';

test('docs/providers/reads.md says what the manifests say; `npm run reads` writes it', () => {
  expect(readFileSync(READS_FILE, 'utf8').replaceAll('\r\n', '\n')).toBe(readsText());
});
