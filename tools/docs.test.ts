import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configOf } from './container.ts';

const root = join(import.meta.dirname, '..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const pages = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true })
    .map(name => `docs/${String(name).replaceAll('\\', '/')}`)
    .filter(name => name.endsWith('.md')),
].map(path => ({ path, text: readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n') }));
const PLACES = readdirSync(root, { withFileTypes: true })
  .filter(entry => entry.isDirectory() && !['node_modules', 'out', 'dist', 'data'].includes(entry.name))
  .map(entry => entry.name);

/** Code in the text and in blocks; what is said there must be true to the letter. */
const codeOf = (text: string): string[] => [
  ...[...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n')),
  ...[...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
];

/** Headings as anchors, the way the forge makes them. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Examples of what a reader will make, and what is made here and kept out of git. */
const NOT_YET = /shipments|00NN|NNNN|\.env$/;

/** In the checkout, or in the sample module that the guides take as their example. */
const exists = (file: string): boolean =>
  existsSync(join(root, file)) || existsSync(join(root, 'testkit', 'parcels', 'files', file));

/** `a/{b,c}` names two files; `<id>`, `…` and `*` stand for something. */
function filesNamed(code: string): string[] {
  return code
    .split(/[\s()]+/)
    .flatMap(word => {
      const list = /\{([^}]+)\}/.exec(word);
      return list ? list[1]!.split(',').map(part => word.replace(list[0], part)) : [word];
    })
    .map(word => word.replace(/[,;:.]+$/, ''))
    .filter(word => PLACES.some(place => word.startsWith(`${place}/`)))
    .filter(word => !/[<>*…$|={}]/.test(word) && !NOT_YET.test(word));
}

describe.each(pages)('$path', ({ path, text }) => {
  test('every relative link and picture leads somewhere', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    for (const link of links.filter(one => !/^[a-z]+:/.test(one))) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      expect(existsSync(join(root, target)), `${path} links to ${link}`).toBe(true);
      if (anchor) expect(anchorsOf(readFileSync(join(root, target), 'utf8'))).toContain(anchor);
    }
  });

  test('every npm script that it names exists', () => {
    const named = codeOf(text).flatMap(code =>
      [...code.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map(([whole, name = '']) => ({ whole, name })),
    );
    for (const { whole, name } of named)
      if (!['ci', 'install', 'audit', 'run'].includes(name))
        expect(Object.keys(scripts), `${path} says ${whole}`).toContain(name);
  });

  test('every file that it names exists', () => {
    for (const code of codeOf(text))
      for (const file of filesNamed(code)) expect(exists(file), `${path} names ${file}`).toBe(true);
  });
});

describe('package.json', () => {
  test('every script starts a file that is there', () => {
    for (const [name, command] of Object.entries(scripts))
      for (const [file] of command.matchAll(/\b[\w/-]+\.(?:ts|mjs)\b/g))
        expect(existsSync(join(root, file)), `npm run ${name} starts ${file}`).toBe(true);
  });
});

describe('the help of the backend', () => {
  test('names every variable that its configuration reads', () => {
    const { asked } = configOf({ ASTRIX_KEK: Buffer.alloc(32).toString('base64') });
    const run = spawnSync(process.execPath, [join(root, 'backend/src/main.ts'), '--help'], { encoding: 'utf8' });
    expect(asked.size).toBeGreaterThan(10);
    for (const name of asked) expect(run.stdout).toContain(name);
  });
});

describe('the check itself', () => {
  test('sees what it should see', () => {
    expect(pages.length).toBeGreaterThan(10);
    expect(filesNamed('see src/main/{a,b}.ts and src/renderer/<id>/x.ts')).toEqual(['src/main/a.ts', 'src/main/b.ts']);
    expect(codeOf('a `b` c\n```sh\nnpm run x\n```\n')).toEqual(['npm run x', '', 'b']);
    expect(anchorsOf('## A message, comes in\n')).toEqual(['a-message-comes-in']);
  });
});
