import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultsIn, idsIn, isTest, rowsIn, sourcesIn, titlesIn } from './controls.ts';

/** Without this file: the titles and texts that it makes up would count as proofs. */
const sources = sourcesIn(join(import.meta.dirname, '..')).filter(({ path }) => path !== 'tools/controls.test.ts');
const page = sources.find(({ path }) => path === 'docs/controls.md')!;

describe('the page of controls and the project', () => {
  test('agree: every id is explained, and every state is what the test titles say', () => {
    expect(faultsIn(page, sources)).toEqual([]);
  });

  test('are read as a whole', () => {
    const titles = sources.filter(isTest).flatMap(titlesIn);
    for (const folder of ['backend', 'contract', 'docs', 'e2e', 'sdk', 'src', 'tools', '.github'])
      expect(
        sources.some(({ path }) => path.startsWith(`${folder}/`)),
        folder,
      ).toBe(true);
    for (const { path } of sources.filter(isTest)) expect(titles.map(title => title.path)).toContain(path);
    expect(rowsIn(page.text).filter(({ id }) => /^[A-Z]{2}-/.test(id)).length).toBeGreaterThanOrEqual(222);
  });
});

describe('the rules', () => {
  const pageWith = (...rows: readonly string[]) => ({
    path: 'page.md',
    text: ['| id | what must hold | state |', '| --- | --- | --- |', ...rows, ''].join('\n'),
  });
  const testWith = (title: string) => ({ path: 'a.test.ts', text: `test('${title}', () => undefined);` });
  const TESTED = '| AU-01 | Tokens are checked. | tested |';

  test('are content with a page on which everything fits', () => {
    const rows = [TESTED, '| AU-02 | It happens in the browser. | not built yet |', '| A10 | Use a provider. |'];
    const code = { path: 'a.ts', text: '// AU-02 asks for more, and so does a provider (A10).' };
    expect(faultsIn(pageWith(...rows), [code, testWith('AU-01: a forged token')])).toEqual([]);
  });

  test.each([
    ['a comment', { path: 'a.ts', text: '// A change holds at once (AU-08).' }],
    ['a document', { path: 'a.md', text: 'It must hold at once, see AU-08.' }],
    ['a migration', { path: 'a.sql', text: "comment on table t is 'AU-08';" }],
    ['a title', testWith('AU-08: holds at once')],
  ])('see an id without an explanation in %s', (_where, source) => {
    const faults = faultsIn(pageWith(TESTED), [source, testWith('AU-01: a forged token')]);
    expect(faults).toEqual([expect.stringMatching(/^a\.\S+ names AU-08, which page\.md does not explain\.$/)]);
  });

  test.each([
    ['a feature in a comment', '// One of the allowed ones (A10).', 'A10'],
    ['a feature in front of a title', "test('T2: the strip', () => undefined);", 'T2'],
    ['a section of a document', '// The schedule (001 §22).', '001'],
  ])('see %s', (_what, text, id) => {
    const faults = faultsIn(pageWith(), [{ path: 'a.test.ts', text }]);
    expect(faults).toEqual([`a.test.ts names ${id}, which page.md does not explain.`]);
  });

  test.each(['tested', 'part: devices are missing'])('see an id that is «%s» without a test', state => {
    const row = `| AU-01 | Tokens are checked. | ${state} |`;
    const unnamed = { path: 'a.test.ts', text: "// AU-01\ntest('a forged token', () => undefined);" };
    expect(faultsIn(pageWith(row), [unnamed])).toEqual([
      `AU-01 has the state "${state}", but no test names it in its title.`,
    ]);
    expect(faultsIn(pageWith(row), [testWith('AU-01: a forged token')])).toEqual([]);
  });

  test.each(['not built yet', 'not built yet: a limit exists'])('see a test of an id that is «%s»', state => {
    const row = `| AU-01 | Tokens are checked. | ${state} |`;
    expect(faultsIn(pageWith(row), [testWith('a forged token, AU-01')])).toEqual([
      'AU-01 is listed as not built yet, but a test in a.test.ts names it: change its state.',
    ]);
    expect(faultsIn(pageWith(row), [])).toEqual([]);
  });

  test.each([
    ['a state that does not exist', ['| AU-01 | Tokens are checked. | done |'], /has the state "done"/],
    ['a part without what is missing', ['| AU-01 | Tokens are checked. | part |'], /has the state "part"/],
    ['a control without a state', ['| AU-01 | Tokens are checked. |'], /has the state ""/],
    ['an empty explanation', ['| AU-01 |  | not built yet |'], /AU-01 is not explained/],
    ['an id that is there twice', ['| A10 | Use a provider. |', '| A10 | Use it. |'], /A10 is explained twice/],
    [
      'a row that is missing',
      ['| AU-01 | Tokens are checked. | not built yet |', '| AU-03 | A state works once. | not built yet |'],
      /AU-03 does not follow/,
    ],
  ])('see %s', (_what, rows, fault) => {
    expect(faultsIn(pageWith(...rows), [])).toEqual([expect.stringMatching(fault)]);
  });

  test.each(['AU-01 to AU-02: tokens', 'AU-01–AU-02: tokens', 'AU-01 … 02: tokens'])('refuse the range «%s»', title => {
    const rows = [TESTED, '| AU-02 | It happens in the browser. | tested |'];
    const faults = faultsIn(pageWith(...rows), [testWith(title), testWith('AU-01, AU-02: all of it')]);
    expect(faults).toEqual([expect.stringContaining('names a range')]);
  });
});

describe('titles', () => {
  const of = (text: string) => titlesIn({ path: 'a.test.ts', text }).map(({ title }) => title);

  test.each([
    ['a group and a test', "describe('group', () => { it('one', () => undefined); });", ['group', 'one']],
    ['a template', 'test(`one of ${' + 'n} tests`, () => undefined);', ['one of … tests']],
    ['two texts that are chosen', "test(fast ? 'quick' : 'slow', () => undefined);", ['quick', 'slow']],
    ['rows, generics and a cast', "test.each<[a, b]>([['x', 1]] as const)('%s is', () => undefined);", ['%s is']],
    ['rows as a template', 'describe.each`a\n${' + "1}`('row $a', () => undefined);", ['row $a']],
    ['a condition', "test.skipIf(!here)('only here', () => undefined);", ['only here']],
    ['a group of Playwright', "test.describe.serial('day', () => { test('one', async () => {}); });", ['day', 'one']],
    ['what is skipped', "describe.skip('a', () => { test('b', () => undefined); }); test.todo('c');", []],
    ['what is no test', "log('one'); test.step('two', () => undefined); test.setTimeout(3); // test('three')", []],
  ])('are read from %s', (_what, text, titles) => {
    expect(of(text)).toEqual(titles);
  });

  test('are read from data where they begin with ids', () => {
    const data = "{ 'AU-01: forged': 1, other: 'of AU-01', made: () => 'AU-01: in a function' }";
    for (const text of [
      `test.each(Object.entries(${data}))('%s', () => undefined);`,
      `const groups = ${data};\nfor (const what of Object.keys(groups)) describe(what, () => undefined);`,
    ])
      expect(of(text).filter(title => title !== '%s')).toEqual(['AU-01: forged']);
  });
});

describe('ids', () => {
  test.each([
    ['LC-02, F-15: it waits', ['LC-02', 'F-15']],
    ['the schedule (001 §22.5) and WH-08', ['WH-08', '001']],
    ['held by tests (A10, P-3)', ['A10', 'P-3']],
    ['S20: issues', ['S20']],
    ['Plan!A1:C4, UTF-8, AES-256, CK-1, F5, RFC 8252 §7, PDF-17', []],
  ])('in «%s»', (text, ids) => {
    expect(idsIn(text)).toEqual(ids);
  });
});
