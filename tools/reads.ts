/** `npm run reads`: writes docs/providers/reads.md, what each provider's reads mean, out of the manifests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderId } from '@astrix/contract';
import type { ReadCapability } from '../backend/src/providers/provider.ts';
import type { RangedRead } from '../backend/src/providers/read.ts';
import { PROVIDERS } from '../backend/src/providers/registry.ts';

export const READS_FILE = join(import.meta.dirname, '..', 'docs', 'providers', 'reads.md');

const HEAD = `# What the reads of each provider mean

Written by \`npm run reads\` from the manifests; edit those instead (\`range\` in
[read.ts](../../backend/src/providers/read.ts)). The importer and the pages of connections follow the same data.

- **Since**: which time \`since\` and \`until\` compare with. *Changed*: a row comes again whenever it has changed. *Made*: a row comes by the
  time it was made, whatever changed later. *Day*: one row for each reporting day, in whole days of the account's time zone.
- **Overlap**: how far before the moment up to which it has read the importer begins.
- **Read again**: how many days the importer reads again once a day, because rows of that age change without \`since\` finding them.
- **History**: how far back the provider tells.
- **Page**: how much the page of a connection shows.
- **Every**: how often the importer asks while the provider tells of no change.

| provider | capability | since | order | overlap | read again | history | page | every |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
`;

const BY: Readonly<Record<RangedRead['by'], string>> = { updated: 'changed', created: 'made', day: 'day' };
const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

function inTime(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? (['s', 1] as const);
  return `${seconds / size} ${unit}`;
}
const days = (count: number | null, none: string) => (count === null ? none : `${count} d`);

function cells({ range }: ReadCapability): string[] {
  if (range.kind === 'look-up') return [`${range.why} Nothing is imported.`, '–', '–', '–', '–', '–', '–'];
  if (range.kind === 'whole')
    return ['the whole list each time', '–', '–', '–', 'all', 'all', inTime(range.everySeconds)];
  return [
    BY[range.by],
    range.order.replaceAll('-', ' '),
    inTime(range.overlapSeconds),
    range.rereadDays === 0 ? '–' : days(range.rereadDays, 'everything'),
    days(range.historyDays, 'all'),
    days(range.previewDays, 'all'),
    inTime(range.everySeconds),
  ];
}

/** As it is in the file. */
export function readsText(): string {
  const rows = (Object.keys(PROVIDERS) as ProviderId[]).toSorted().flatMap(id => {
    const { manifest } = PROVIDERS[id];
    const reads = manifest.capabilities.filter((one): one is ReadCapability => one.kind === 'read');
    return reads.map(read => `| [${manifest.name}](${id}.md) | ${[read.capability, ...cells(read)].join(' | ')} |`);
  });
  return `${HEAD}${rows.join('\n')}\n`;
}

if (process.argv[1] === import.meta.filename) {
  writeFileSync(READS_FILE, readsText());
  process.stdout.write('docs/providers/reads.md is what the manifests say.\n');
}
