import { afterAll, beforeAll, expect, test } from 'vitest';
import { DOCUMENT_ID, SHEET_ID } from '../../sandbox/providers/google-drive.ts';
import { googleAds } from '../../src/providers/google-ads/client.ts';
import { googleAnalytics } from '../../src/providers/google-analytics/client.ts';
import { googleDrive, readDocument, readRange } from '../../src/providers/google-drive/client.ts';
import type { Account, Api, Connector } from '../../src/providers/provider.ts';
import { type ProviderRig, providerRig, readAll, readEverything, type Seen } from '../providers/rig.ts';
import { faultsOf, statusesOf } from './held.ts';
import { hasSpecs, MISSING, type OfficialName } from './official/index.ts';

/** Which document describes which host. Consent, token, revocation and the number of the person are in none of them. */
const DOCUMENTS: Readonly<Record<string, OfficialName>> = {
  'googleads.googleapis.com': 'google-ads',
  'analyticsadmin.googleapis.com': 'google-analytics-admin',
  'analyticsdata.googleapis.com': 'google-analytics-data',
  'www.googleapis.com': 'google-drive',
  'docs.googleapis.com': 'google-docs',
  'sheets.googleapis.com': 'google-sheets',
};

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

const CAPABILITY = { 'google-ads': 'metrics', 'google-analytics': 'metrics', 'google-drive': 'files' } as const;
type Id = keyof typeof CAPABILITY;

/** Everything that the adapter asks, with a good grant, with a dead one, without its scope, and for what is not there. */
async function exercise(id: Id, connector: Connector, more?: (api: Api) => Promise<unknown>): Promise<void> {
  const { credential } = rig.granted(id);
  const found = await connector.identify(rig.api(id, credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  const read = async (account: Account, by = credential) => {
    const api = rig.api(id, by, { account });
    await readAll(id, CAPABILITY[id], api);
    await more?.(api);
  };
  const [first, second = first] = found.rows;
  await readEverything(id, rig.api(id, credential, { account: first! }), "चाय's");
  for (const account of [first!, second!, { ...first!, id: '9999999999' }]) await read(account);
  await read(first!, rig.granted(id, []).credential);
  const dead = rig.granted(id);
  rig.sandbox.book.revoke(dead.grant.accessToken.reveal());
  await read(first!, dead.credential);
  // Last, because what Google asks for holds back everything that comes after it. Analytics names no time, and would be asked again.
  const exhausted = found.rows.find(({ name }) => name === 'Monsoon Umbrellas');
  if (exhausted) await read(exhausted);
}

const documentOf = ({ host }: Seen) => DOCUMENTS[host]!;

test.skipIf(!hasSpecs).each([
  ['S6', 'google-ads', googleAds, ['google-ads'], undefined],
  ['S7', 'google-analytics', googleAnalytics, ['google-analytics-admin', 'google-analytics-data'], undefined],
  [
    'S19',
    'google-drive',
    googleDrive,
    ['google-drive', 'google-docs', 'google-sheets'],
    async (api: Api) => {
      for (const file of [DOCUMENT_ID, 'nobody-picked-this']) await readDocument(api, file);
      for (const range of ['Plan!A1:C4', 'Plan!X1:Z9', 'nonsense']) await readRange(api, SHEET_ID, range);
    },
  ],
] as const)(
  `%s: what %s asks and what the sandbox answers is what Google describes${hasSpecs ? '' : ` (${MISSING})`}`,
  async (_, id, connector, names, more) => {
    rig.seen.length = 0;
    await exercise(id, connector, more);
    for (const [name, seen] of Map.groupBy(rig.seen, documentOf)) expect(faultsOf(name, seen)).toEqual([]);
    // Each document has seen something go well, and refusals are among what was checked.
    const well = new Set(rig.seen.filter(one => one.status === 200).map(documentOf));
    expect(well).toEqual(new Set(names));
    expect(statusesOf(rig.seen)).toEqual(expect.arrayContaining([401, 403]));
  },
);
