import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProviderRig, providerRig, readAll } from '../../../test/providers/rig.ts';
import { newId } from '../../kernel/ids.ts';
import type { Api, Ask } from '../provider.ts';
import { jira } from './client.ts';
import { documentOf, quoted } from './map.ts';

let rig: ProviderRig;
beforeAll(async () => {
  rig = await providerRig();
});
afterAll(() => rig.close());

it('VT-08: names every site that a grant reaches, and chooses none', async () => {
  const { credential } = rig.granted('jira');
  const found = await jira.identify(rig.api('jira', credential));
  expect(found).toMatchObject({ kind: 'ok', rows: [{ name: 'chai-katha' }, { name: 'agency-internal' }] });
});

it('reads all pages of the issues of the chosen site, as tasks', async () => {
  const { credential } = rig.granted('jira');
  const found = await jira.identify(rig.api('jira', credential));
  if (found.kind !== 'ok') throw new Error(found.kind);
  const api = rig.api('jira', credential, { account: found.rows[0]! });
  const tasks = await readAll('jira', 'tasks', api);
  expect(tasks).toMatchObject({ kind: 'ok', pages: 2 });
  if (tasks.kind !== 'ok') return;
  expect(tasks.rows).toHaveLength(130);
  expect(tasks.rows[0]).toMatchObject({
    key: 'CK-1',
    stage: 'new',
    url: 'https://chai-katha.atlassian.net/browse/CK-1',
  });
  const some = await readAll('jira', 'tasks', api, { text: 'हिंदी' });
  expect(some.kind === 'ok' && some.rows.length).toBeGreaterThan(0);
});

it('VT-12: a refresh token is rotated, and using it twice ends the grant', async () => {
  const { grant } = rig.granted('jira');
  const flow = rig.flow('jira');
  const next = await flow.refresh(rig.tokenApi('jira'), grant);
  expect(next).toMatchObject({ kind: 'ok' });
  if (next.kind !== 'ok') return;
  expect(next.data.refreshToken?.reveal()).not.toBe(grant.refreshToken?.reveal());
  expect(await flow.refresh(rig.tokenApi('jira'), grant)).toMatchObject({ kind: 'reauth', code: 'invalid_grant' });
  expect(await flow.refresh(rig.tokenApi('jira'), next.data)).toMatchObject({ kind: 'reauth' });
});

it('a code is exchanged once', async () => {
  const flow = rig.flow('jira');
  const code = rig.code('jira');
  expect(await flow.exchange(rig.tokenApi('jira'), code)).toMatchObject({ kind: 'ok' });
  expect(await flow.exchange(rig.tokenApi('jira'), code)).toMatchObject({ kind: 'reauth', code: 'invalid_grant' });
});

it('VT-10: a scope that is missing is a refusal with words, not a lost credential', async () => {
  const { credential } = rig.granted('jira', ['offline_access']);
  const account = {
    id: '7c1f0e51-0000-4000-8000-00000000a001',
    name: 'x',
    detail: null,
    settings: { url: 'https://x.atlassian.net' },
  };
  const tasks = await readAll('jira', 'tasks', rig.api('jira', credential, { account }));
  expect(tasks).toMatchObject({ kind: 'permanent', code: 'scope' });
});

it('VT-10: an act without its scope is refused, and says so', async () => {
  const { credential } = rig.granted('jira', ['read:jira-work', 'offline_access']);
  const account = {
    id: '7c1f0e51-0000-4000-8000-00000000a001',
    name: 'x',
    detail: null,
    settings: { url: 'https://x.atlassian.net' },
  };
  const comment = jira.acts?.['tasks.comment'];
  expect(
    await comment?.run(rig.api('jira', credential, { account }), { taskId: '10001', text: 'x' }, newId()),
  ).toMatchObject({ kind: 'refused', failed: { kind: 'permanent', code: 'scope', status: 401 } });
});

it('what a person types stays words inside of a quoted text', () => {
  expect(quoted('a" OR project = "SECRET\\')).toBe('"a\\" OR project = \\"SECRET\\\\"');
});

it('VT-08: a site is offered once, and not where only another product was allowed', async () => {
  const site = (id: string, url: string, scopes?: string[]) => ({ id, name: id, url, ...(scopes ? { scopes } : {}) });
  const told = [
    site('cloud-1', 'https://x.atlassian.net', ['read:jira-work']),
    site('cloud-1', 'https://x.atlassian.net', ['read:confluence-content.all']),
    site('cloud-2', 'https://y.atlassian.net', ['read:confluence-content.all']),
    site('cloud-3', 'not an address'),
    site('cloud-4', 'https://z.atlassian.net'),
  ];
  const api = {
    ...rig.api('jira', rig.granted('jira').credential),
    call: async (ask: Ask<unknown>) => {
      const read = ask.reply.read(Buffer.from(JSON.stringify(told)), 'application/json');
      if (!('data' in read)) throw new Error(read.fault);
      return { kind: 'ok' as const, data: read.data, status: 200, headers: {}, bytes: 1 };
    },
  } as unknown as Api;
  expect(await jira.identify(api)).toEqual({
    kind: 'ok',
    unreadable: 1,
    rows: [
      { id: 'cloud-1', name: 'cloud-1', detail: 'x.atlassian.net', settings: { url: 'https://x.atlassian.net' } },
      { id: 'cloud-4', name: 'cloud-4', detail: 'z.atlassian.net', settings: { url: 'https://z.atlassian.net' } },
    ],
  });
});

it('writes plain text as paragraphs, and nothing for an empty line', () => {
  const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  expect(documentOf('दो पंक्तियाँ\r\n\n<b>two</b>')).toEqual({
    type: 'doc',
    version: 1,
    content: [paragraph('दो पंक्तियाँ'), paragraph('<b>two</b>')],
  });
});
