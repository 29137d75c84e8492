import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTES, type RouteDefinition } from '@astrix/contract';
import { expect, test } from 'vitest';
import { sourcesOf } from '../../../../tools/boundaries.ts';
import { SENTENCES, type Told } from './sentences.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const TOLD: Told = { who: 'Asha', whom: 'Ravi', client: 'Mitti Roast', system: 'Shopify', detail: () => '' };

/** Events that code names beside a route: of pages, and of what happens by itself. */
function namedInSources(): string[] {
  const sources = sourcesOf(ROOT).filter(path => path.startsWith('backend/src/') && !path.endsWith('.test.ts'));
  return sources.flatMap(path => {
    const text = readFileSync(join(ROOT, path), 'utf8');
    const entries = [...text.matchAll(/\bevent: [^\n]*/g)].map(([line]) => line);
    const pages = [...text.matchAll(/\baudit: \[([^\]]*)\]/g)].map(([list]) => list);
    return [...entries, ...pages].flatMap(found =>
      [...found.matchAll(/'([a-z-]+\.[a-z-]+(?:\.[a-z-]+)?)'/g)].map(([, event]) => event!),
    );
  });
}

test('AL-01: every event of a route, a page or the system has a sentence, and no sentence is left over', () => {
  const ofRoutes = (Object.values(ROUTES) as RouteDefinition[]).flatMap(({ audit }) => audit ?? []);
  const events = [...new Set([...ofRoutes, ...namedInSources()])].sort();
  expect(events.length).toBeGreaterThan(60);
  expect(Object.keys(SENTENCES).sort()).toEqual(events);
});

test('every sentence reads as one, with what an entry says and without it', () => {
  for (const [event, { say }] of Object.entries(SENTENCES))
    for (const detail of ['', 'agent']) {
      const sentence = say({ ...TOLD, detail: () => detail });
      expect(sentence, event).toMatch(/^[A-Z].*[^\s.]\.$/);
      expect(sentence, event).not.toMatch(/undefined|null|\s{2}|,\.| \./);
    }
});
