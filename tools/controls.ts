import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseAst } from 'vite';

export type Source = { readonly path: string; readonly text: string };
export type Title = { readonly path: string; readonly title: string };
export type Row = { readonly id: string; readonly says: string; readonly state: string };

const ID = String.raw`[A-Z]{1,2}-?\d{1,2}`;
const LIST = `${ID}(?:, ${ID})*`;
/** Controls and faults. Nothing else is written in this form, so they are found anywhere in a text. */
const CONTROL = /\b(?:[A-Z]{2}|F)-\d{2}\b/g;
/** `A1` may also be a cell of a sheet: features and peer faults count in parentheses, `(A10)`, and in front of a title, `A10: …`. */
const IN_PARENTHESES = new RegExp(String.raw`\((${LIST})\)`, 'g');
const IN_FRONT = new RegExp(`^(${LIST}): `);
const DOCUMENT = /\b\d{3}(?= §)/g;
const RANGE = /\b(?:[A-Z]{2}|F)-\d{2} ?(?:to|-|–|…|\.{2,3}) ?(?:[A-Z]{1,2}-)?\d{2}\b/;
const PROVED = /^(?:tested|part: \S.*)$/;
const NOT_BUILT = /^not built yet(?:: \S.*)?$/;

const FILES = '**/*.{ts,tsx,mjs,md,sql,yml,yaml,json,css,html,sh}';
const NOT_OURS = ['node_modules', 'out', 'dist', 'data', 'coverage', 'test-results', 'playwright-report', '.git'];

/** Numbers of orders and issues that customers of the demo write look like controls. */
const STORIES = /^backend\/src\/demo\/(?:scenes\/|issues\.ts$)/;

/** Code, SQL, configuration and documents of the project, without what is installed or built. */
export const sourcesIn = (root: string): Source[] =>
  [FILES, `.github/${FILES}`]
    .flatMap(files => globSync(files, { cwd: root, exclude: NOT_OURS.map(name => `**/${name}`) }))
    .map(path => path.split(sep).join('/'))
    .filter(path => path !== 'package-lock.json' && !STORIES.test(path))
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n') }));

export const isTest = ({ path }: Source): boolean => /\.(?:test|spec)\.tsx?$/.test(path);

const listed = (list = ''): string[] => list.split(', ').filter(Boolean);

/** The ids that a text refers to, each once. */
export const idsIn = (text: string): string[] => [
  ...new Set([
    ...(text.match(CONTROL) ?? []),
    ...(text.match(DOCUMENT) ?? []),
    ...[...text.matchAll(IN_PARENTHESES)].flatMap(([, list]) => listed(list)),
    ...listed(IN_FRONT.exec(text)?.[1]),
  ]),
];

/** The rows of the page's tables whose first cell is an id. Tables without a state have two columns. */
export const rowsIn = (page: string): Row[] =>
  [...page.matchAll(new RegExp(String.raw`^\| (${ID}|\d{3}) \| (.*?) \|(?: (.*?) \|)?$`, 'gm'))].map(
    ([, id = '', says = '', state = '']) => ({ id, says, state }),
  );

type Node = { readonly type: string } & Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode);

/** `describe.each(rows)` is `describe`, `each`; empty for what is not a chain of names. */
function chainOf(node: Node): string[] {
  if (node.type === 'Identifier') return [String(node.name)];
  if (node.type === 'CallExpression') return chainOf(node.callee as Node);
  if (node.type === 'TaggedTemplateExpression') return chainOf(node.tag as Node);
  if (node.type !== 'MemberExpression') return [];
  return [...chainOf(node.object as Node), ...chainOf(node.property as Node)];
}

/** Every text of an expression, without those inside of its functions; `…` stands for what a template inserts. */
function textsOf(node: Node): string[] {
  if (node.type.includes('Function')) return [];
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : [];
  if (node.type !== 'TemplateLiteral') return childrenOf(node).flatMap(textsOf);
  return [(node.quasis as { value: { cooked: string } }[]).map(part => part.value.cooked).join('…')];
}

const NO_PROOF = ['skip', 'todo', 'fixme', 'step'];

/**
 * The titles of the groups and tests of a file, without skipped ones. Titles may also come from data, through `each` or a loop; so a text
 * that begins with ids (`'VT-10: other accounts'`) counts as well where it stands in a table of `each` or in a constant.
 */
export function titlesIn({ path, text }: Source): Title[] {
  const titles: string[] = [];
  function visit(node: Node): void {
    const [maker = '', ...how] = node.type === 'CallExpression' ? chainOf(node) : [];
    if (['describe', 'test', 'it'].includes(maker)) {
      if (how.some(word => NO_PROOF.includes(word))) return;
      const texts = (node.arguments as Node[]).slice(0, 1).flatMap(textsOf);
      const isTable = ['each', 'for'].includes(how.at(-1) ?? '') && (node.callee as Node).type === 'MemberExpression';
      titles.push(...(isTable ? texts.filter(one => IN_FRONT.test(one)) : texts));
    }
    if (node.type === 'VariableDeclarator' && isNode(node.init))
      titles.push(...textsOf(node.init).filter(one => IN_FRONT.test(one)));
    childrenOf(node).forEach(visit);
  }
  visit(parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }) as unknown as Node);
  return titles.map(title => ({ path, title }));
}

const count = (id: string): number => Number(/\d+$/.exec(id)?.[0]);
const groupOf = (id: string): string => id.split('-')[0]!;

/** What is wrong with the page by itself. */
function faultsOfPage(rows: readonly Row[]): string[] {
  const numbered = rows.filter(({ state }) => state !== '');
  return rows.flatMap(({ id, says, state }, at) => {
    const before = numbered[numbered.findIndex(row => row.id === id) - 1];
    return [
      rows.findIndex(row => row.id === id) < at && `${id} is explained twice.`,
      says.trim() === '' && `${id} is not explained.`,
      id.match(CONTROL) &&
        !PROVED.test(state) &&
        !NOT_BUILT.test(state) &&
        `${id} has the state "${state}". Possible are: tested, part: …, not built yet, not built yet: ….`,
      state !== '' &&
        count(id) > 1 &&
        !(before && groupOf(before.id) === groupOf(id) && count(before.id) === count(id) - 1) &&
        `${id} does not follow the id before it: a row is missing or in another place.`,
    ].filter(fault => fault !== false && fault !== null);
  });
}

/**
 * Everything that the page and the project do not agree about, as sentences: ids without an explanation, controls that count as proved
 * without a test that names them, and controls that count as not built although a test names them.
 */
export function faultsIn(page: Source, sources: readonly Source[]): string[] {
  const rows = rowsIn(page.text);
  const explained = new Set(rows.map(({ id }) => id));
  const titles = sources.filter(isTest).flatMap(titlesIn);
  const named = new Map(titles.flatMap(({ path, title }) => idsIn(title).map(id => [id, path] as const)));
  const used = [...sources, ...titles.map(({ path, title }) => ({ path, text: title }))];
  const unknown = used.flatMap(({ path, text }) =>
    idsIn(text)
      .filter(id => !explained.has(id))
      .map(id => `${path} names ${id}, which ${page.path} does not explain.`),
  );
  return [
    ...faultsOfPage(rows),
    ...new Set(unknown),
    ...titles
      .filter(({ title }) => RANGE.test(title))
      .map(({ path, title }) => `${path} names a range. Name each id that is proved: ${title}`),
    ...rows
      .filter(({ id, state }) => PROVED.test(state) && !named.has(id))
      .map(({ id, state }) => `${id} has the state "${state}", but no test names it in its title.`),
    ...rows
      .filter(({ id, state }) => NOT_BUILT.test(state) && named.has(id))
      .map(({ id }) => `${id} is listed as not built yet, but a test in ${named.get(id)} names it: change its state.`),
  ];
}
