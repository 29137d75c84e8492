import { CAPABILITIES } from '@astrix/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENT_ID, SHEET_ID } from '../../../sandbox/providers/google-drive.ts';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import type { Account, Api } from '../provider.ts';
import { BUNDLED_WITH, PROVIDERS } from '../registry.ts';
import { googleDrive, readDocument, readRange } from './client.ts';
import { Document } from './content.ts';
import { fileOf, kindOf, quoted } from './map.ts';

let rig: ProviderRig;
let api: Api;
let account: Account;
beforeAll(async () => {
  rig = await providerRig();
  const { credential } = rig.granted('google-drive');
  const found = await googleDrive.identify(rig.api('google-drive', credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  account = found.rows[0]!;
  api = rig.api('google-drive', credential, { account, capability: 'files' });
});
afterAll(() => rig.close());

const files = (text: string | null, by = api) => readAll('google-drive', 'files', by, { text });

it('VT-08: names whose Drive it is', () => {
  expect(account).toEqual({
    id: '07310000000000000001',
    name: 'Arjun Mehta',
    detail: 'arjun@monsoon.example',
    settings: {},
  });
});

it('GO-01: the scopes reach the picked files and nothing else of the Drive', () => {
  const { auth } = PROVIDERS['google-drive'].manifest;
  expect(auth.kind === 'oauth2' && auth.scopes.map(({ scope }) => scope)).toEqual([
    'https://www.googleapis.com/auth/drive.file',
    'openid',
  ]);
});

describe('files', () => {
  it('reads all pages, newest first', async () => {
    const found = await files(null);
    expect(found).toMatchObject({ kind: 'ok', pages: 2 });
    if (found.kind !== 'ok') return;
    expect(found.rows).toHaveLength(130);
    expect(CAPABILITIES.files.fact.array().parse(found.rows)).toEqual(found.rows);
    const times = found.rows.map(row => row.modifiedAt);
    expect(times).toEqual(times.toSorted().reverse());
    expect(found.rows[0]).toMatchObject({ name: 'Festive brief – Chai Katha', kind: 'document', bytes: null });
    expect(found.rows[3]).toMatchObject({ kind: 'pdf', bytes: expect.any(Number) });
  });
  it('finds words, in the order of Drive, also over several pages', async () => {
    const found = await files('दीपावली');
    expect(found.kind === 'ok' && found.rows.every(row => row.kind === 'image')).toBe(true);
    expect(await files('nothing is called like this')).toMatchObject({ kind: 'ok', rows: [] });
  });
  it('what a person types stays words inside of a quoted text', async () => {
    expect(quoted("a' or name contains '\\")).toBe("'a\\' or name contains \\'\\\\'");
    expect(quoted('two\nlines')).toBe("'two lines'");
    expect(await files("Client's logos")).toMatchObject({ kind: 'ok' });
    expect(await files("x' or trashed = true or name contains '")).toMatchObject({ kind: 'ok', rows: [] });
    expect(await files('\\')).toMatchObject({ kind: 'ok', rows: [] });
  });
  it('knows the kinds of files, and calls what is new «other»', () => {
    expect(
      [
        'application/vnd.google-apps.folder',
        'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'video/mp4',
        'text/plain',
        'application/vnd.google-apps.shortcut',
        'constructor',
      ].map(kindOf),
    ).toEqual(['folder', 'spreadsheet', 'video', 'document', 'other', 'other']);
  });
  it('times are instants in UTC', () => {
    const file = { id: '1', name: 'n'.repeat(400), mimeType: 'a/b', modifiedTime: '2026-11-01T10:00:00+05:30' };
    expect(fileOf(file)).toMatchObject({ modifiedAt: '2026-11-01T04:30:00.000Z', bytes: null, url: null });
    expect(fileOf(file).name).toHaveLength(300);
  });
});

describe('what stands in a file', () => {
  it('reads the text of all tabs of a document, tables included', async () => {
    const found = await readDocument(api, DOCUMENT_ID);
    if (found.kind !== 'ok') throw new Error(found.kind);
    expect(found.data).toEqual({
      title: 'Festive brief – Chai Katha',
      tabs: [
        {
          title: 'Brief',
          text: 'Diwali at Chai Katha\nथीम: हर घर में एक कहानी\nBudget\t₹4,50,000\nLive on\t1 November\nApproved by the client.\n',
        },
        { title: 'Wording', text: '“एक प्याली, सौ बातें”\n' },
        { title: 'Open points', text: 'Who films the kettle?\n' },
      ],
    });
  });
  it('an empty document has no text', () => {
    expect(Document.parse({ title: 'Empty' })).toEqual({ title: 'Empty', tabs: [] });
  });
  it('reads the cells of a range as they are shown; a formula is only text', async () => {
    expect(await readRange(api, SHEET_ID, 'Plan!A1:C4')).toMatchObject({
      kind: 'ok',
      data: {
        range: 'Plan!A1:C4',
        rows: [
          ['Channel', 'Budget', 'Note'],
          ['Google Ads', '₹2,00,000'],
          ['Instagram', '₹1,50,000', '=HYPERLINK("https://evil.example")'],
        ],
      },
    });
  });
  it('the name of a sheet may hold a slash, and a range may be empty', async () => {
    expect(await readRange(api, SHEET_ID, "'Q3/Q4'!A1:B2")).toMatchObject({
      data: { rows: [['दीपावली', '12-11-2026']] },
    });
    expect(await readRange(api, SHEET_ID, 'Plan!X1:Z9')).toMatchObject({ kind: 'ok', data: { rows: [] } });
  });
  it('a file that was not picked is not there, and a range that is none is refused', async () => {
    expect(await readDocument(api, 'someone-elses')).toMatchObject({
      kind: 'permanent',
      code: 'NOT_FOUND',
      status: 404,
    });
    expect(await readRange(api, SHEET_ID, 'nonsense')).toMatchObject({ kind: 'permanent', code: 'INVALID_ARGUMENT' });
  });
  it('VT-09: an id cannot leave its place in the address', async () => {
    expect(await readDocument(api, '../../drive/v3/files')).toMatchObject({ kind: 'refused' });
  });
});

describe('what can fail', () => {
  it('VT-10: without the scope it is a refusal with words, in Drive, Docs and Sheets alike', async () => {
    const { credential } = rig.granted('google-drive', []);
    const bare = rig.api('google-drive', credential, { account });
    for (const outcome of [
      await files(null, bare),
      await readDocument(bare, DOCUMENT_ID),
      await readRange(bare, SHEET_ID, 'Plan!A1'),
    ])
      expect(outcome).toMatchObject({ kind: 'permanent', code: 'scope', status: 403 });
  });
  it('VT-11: after a revocation nothing is accepted any more', async () => {
    const { credential, grant } = rig.granted('google-drive');
    const flow = rig.flow('google-drive');
    expect(await flow.revoke(rig.tokenApi('google-drive'), grant)).toMatchObject({ kind: 'ok' });
    expect(await files(null, rig.api('google-drive', credential, { account }))).toMatchObject({
      kind: 'reauth',
      code: 'authError',
    });
  });
  it('EG-03: «too many» is later, also where Drive says it with 403', () => {
    const body = { error: { code: 403, message: 'Rate Limit Exceeded', errors: [{ reason: 'rateLimitExceeded' }] } };
    expect(googleDrive.explain(body, 403, {})).toMatchObject({ kind: 'retry' });
  });
  it('VT-12: a refresh token stays the same', async () => {
    const { grant } = rig.granted('google-drive');
    const next = await rig.flow('google-drive').refresh(rig.tokenApi('google-drive'), grant);
    expect(next.kind === 'ok' && next.data.refreshToken?.reveal()).toBe(grant.refreshToken?.reveal());
  });
});

it('Docs and Sheets come with Drive: they have no grant and no host of their own', () => {
  for (const id of ['google-docs', 'google-sheets'] as const) {
    expect(BUNDLED_WITH[id]).toBe('google-drive');
    expect(PROVIDERS[id]).toMatchObject({
      connector: null,
      manifest: { id, availability: 'limited', auth: { kind: 'none' }, hosts: [] },
    });
  }
});
