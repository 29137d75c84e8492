import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Config, readConfig } from '../backend/src/config.ts';

/** What the container files say, as data: for the tests that hold them to OP-11. No engine is needed. */

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');

export type Instruction = { readonly name: string; readonly text: string };
export type Stage = { readonly from: string; readonly instructions: readonly Instruction[] };

/** Stages of a Dockerfile in order. Comments are dropped, continued lines joined. */
export function readDockerfile(text = read('backend/Dockerfile')): Stage[] {
  const stages: { from: string; instructions: Instruction[] }[] = [];
  for (const line of text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (name === 'FROM') stages.push({ from: rest, instructions: [] });
    else if (name !== '') stages.at(-1)!.instructions.push({ name, text: rest });
  }
  return stages;
}

/** The texts of one kind of instruction. */
export const textsOf = (stage: Stage, name: string): string[] =>
  stage.instructions.filter(instruction => instruction.name === name).map(instruction => instruction.text);

/** What a stage copies from the repository. */
export const copiedFiles = (stage: Stage): string[] =>
  textsOf(stage, 'COPY')
    .filter(text => !text.includes('--from='))
    .flatMap(text => text.split(/\s+/).slice(0, -1));

/** The variables that ENV lines set. */
export const envOf = (stage: Stage): Record<string, string> =>
  Object.fromEntries(textsOf(stage, 'ENV').flatMap(text => text.split(/\s+/).map(pair => pair.split('=', 2))));

/** The command of the health check, as the engine would run it. */
export function healthcheckOf(stage: Stage): string[] {
  const [text = ''] = textsOf(stage, 'HEALTHCHECK');
  return JSON.parse(text.slice(text.indexOf('CMD') + 3)) as string[];
}

export type Service = {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly user: string;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly env_file?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly networks: readonly string[];
  readonly pids_limit?: number;
  readonly mem_limit?: string;
  readonly network_mode?: string;
  readonly profiles?: readonly string[];
};

export type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
};

/** The compose file with its merges carried out. */
export const readCompose = (): Compose => parse(read('backend/compose.yaml'), { merge: true }) as Compose;

/** NAME=value lines, as an environment file has them. */
export const envLines = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter(line => /^[A-Z]/.test(line))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** The configuration out of an environment, and the names of every variable that the backend looked for. */
export function configOf(env: Readonly<Record<string, string | undefined>>): { config: Config; asked: Set<string> } {
  const asked = new Set<string>();
  const get = (target: typeof env, key: string | symbol) => {
    asked.add(String(key));
    return target[String(key)];
  };
  return { config: readConfig(new Proxy(env, { get })), asked };
}

/** What the script of the database image runs. */
export const databaseScript = (): string =>
  /<<'SQL'\n([\s\S]*?)\nSQL\n/.exec(read('backend/compose/database.sh'))?.[1] ?? '';

type Lock = {
  packages: Record<
    string,
    {
      link?: boolean;
      resolved?: string;
      dependencies?: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    }
  >;
};

/** Folders of every package that a production install of the backend brings, by the lockfile. */
export function productionPackages(): string[] {
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;
  const found = new Set<string>();
  const locate = (from: string, name: string): string | null => {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
      const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
      if (packages[path]) return path;
      if (at === '') return null;
      if (!at.includes('/node_modules/')) at = '';
    }
  };
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    const entry = packages[path];
    if (entry?.link && entry.resolved) return visit(entry.resolved);
    for (const name of Object.keys({ ...entry?.dependencies, ...entry?.optionalDependencies })) {
      const next = locate(path, name);
      if (next !== null) visit(next);
    }
  };
  visit('backend');
  return [...found].filter(path => path.includes('node_modules/'));
}
