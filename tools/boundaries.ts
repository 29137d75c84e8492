import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';

/**
 * Which part of the product may import which, as docs/architecture.md draws it. Read from the import statements of the tree. A rule that
 * makes simple code ugly is changed here and there in one commit.
 */
type Room = {
  /** A folder, or one file. The first room of the list that holds a path is its room. */
  readonly at: string;
  /** Other rooms that it may import. */
  readonly rooms: readonly string[];
  /** Packages and built-in modules that it may import; `*` for any. Imports of types alone are free. */
  readonly packages: readonly string[] | '*';
};

const BACKEND_FLOOR = ['backend/src/kernel', 'backend/src/platform', 'backend/src/providers'] as const;

export const ROOMS: readonly Room[] = [
  { at: 'contract', rooms: [], packages: ['zod'] },
  { at: 'sdk', rooms: [], packages: ['@astrix/contract', 'zod', 'eventsource-parser'] },

  { at: 'backend/src/kernel', rooms: [], packages: ['@astrix/contract', 'node:util'] },
  { at: 'backend/src/platform', rooms: ['backend/src/kernel'], packages: '*' },
  {
    at: 'backend/src/providers',
    rooms: ['backend/src/kernel', 'backend/src/platform'],
    packages: ['@astrix/contract', 'zod'],
  },
  { at: 'backend/src/composition', rooms: BACKEND_FLOOR, packages: ['@astrix/contract'] },
  {
    at: 'backend/src/modules',
    rooms: [...BACKEND_FLOOR, 'backend/src/composition'],
    packages: ['@astrix/contract', 'zod', 'kysely', 'otplib', 'node:events'],
  },
  { at: 'backend/src/config.ts', rooms: ['backend/src/kernel', 'backend/src/config'], packages: '*' },
  { at: 'backend/src/config', rooms: ['backend/src/kernel'], packages: '*' },
  { at: 'backend/src/demo', rooms: ['backend/src/kernel', 'backend/src/composition'], packages: ['@astrix/contract'] },
  { at: 'backend/src/modules.ts', rooms: ['backend/src/modules'], packages: [] },
  {
    at: 'backend/src/app.ts',
    rooms: [...BACKEND_FLOOR, 'backend/src/composition', 'backend/src/modules.ts', 'backend/src/config.ts'],
    packages: ['@astrix/contract'],
  },
  {
    at: 'backend/src/main.ts',
    rooms: [
      ...BACKEND_FLOOR,
      'backend/src/app.ts',
      'backend/src/config.ts',
      'backend/src/demo',
      'backend/src/explain.ts',
    ],
    packages: ['node:fs', 'node:path', 'node:util'],
  },
  { at: 'backend/src/admin.ts', rooms: ['backend/src/admin', 'backend/src/explain.ts'], packages: [] },
  {
    at: 'backend/src/admin',
    rooms: [
      ...BACKEND_FLOOR,
      'backend/src/app.ts',
      'backend/src/config',
      'backend/src/config.ts',
      'backend/src/explain.ts',
      'backend/src/modules',
    ],
    packages: ['@astrix/contract', 'node:events', 'node:fs', 'node:util'],
  },
  { at: 'backend/src/explain.ts', rooms: ['backend/src/platform', 'backend/src/config.ts'], packages: [] },
  // What it imitates is read from the manifests.
  { at: 'backend/sandbox', rooms: ['backend/src/demo', 'backend/src/providers'], packages: '*' },

  { at: 'src/shared', rooms: [], packages: ['@astrix/contract', 'zod'] },
  { at: 'src/preload', rooms: ['src/shared'], packages: ['electron'] },
  {
    at: 'src/main',
    rooms: ['src/shared'],
    packages: [
      '@astrix/contract',
      '@astrix/sdk',
      'zod',
      'electron',
      'keytar',
      'better-sqlite3-multiple-ciphers',
      'node:crypto',
      'node:events',
      'node:fs',
      'node:http',
      'node:os',
      'node:path',
      'node:worker_threads',
    ],
  },
  {
    at: 'src/renderer',
    rooms: ['src/shared'],
    packages: [
      // Rules and words without schemas: the window holds no validator.
      '@astrix/contract/clients/hours',
      '@astrix/contract/clients/marks',
      '@astrix/contract/conversations/may-write',
      '@astrix/contract/conversations/shown-parts',
      '@astrix/contract/errors',
      '@astrix/contract/money',
      '@astrix/contract/people/rules',
      '@base-ui/react',
      '@fontsource',
      '@fontsource-variable',
      '@tanstack',
      'lucide-react',
      'react',
      'react-dom',
      'react-resizable-panels',
      'uqr',
      'zustand',
    ],
  },
];

/** Packages that only one place may use, wherever its room allows them. Types are free. */
export const OWNED: readonly { readonly name: RegExp; readonly by: RegExp; readonly why: string }[] = [
  {
    name: /^(?:pg|@electric-sql\/pglite)(?:\/|$)/,
    by: /^backend\/src\/platform\/db\//,
    why: 'only platform/db touches a driver',
  },
  {
    name: /^(?:undici|nodemailer|node:(?:http|https|http2|net|tls|dgram|dns))(?:\/|$)/,
    // The console calls nobody from its loopback: it is where the browser brings a receipt to (VT-08).
    // How an address is written is read from the configuration, without a call.
    by: /^(?:backend\/(?:src\/(?:platform\/egress\/|config\/urls\.ts$)|sandbox\/)|src\/main\/connect\/)/,
    why: 'only platform/egress calls the network',
  },
  {
    name: /^(?:node:crypto|@node-rs\/argon2)$/,
    // The development key is made before any platform exists; a migration is told from another by its checksum, and the data of a backend
    // from those of another by the digest of its address.
    by: /^(?:backend\/src\/(?:platform\/crypto\/|config\.ts$|platform\/db\/migrate\.ts$)|backend\/sandbox\/|src\/main\/(?:(?:account|connect)\/|environment\.ts$))/,
    why: 'only platform/crypto, the console’s account and its loopback touch ciphers and hashes',
  },
  { name: /^node:(?:child_process|cluster|vm|repl|inspector)$/, by: /^$/, why: 'the product starts no other program' },
  { name: /^pg-boss$/, by: /^backend\/src\/platform\/jobs\//, why: 'only platform/jobs knows the queue' },
  { name: /^fastify$/, by: /^backend\/(?:src\/platform\/http\/|sandbox\/)/, why: 'only platform/http makes a server' },
  {
    name: /^electron(?:\/|$)/,
    by: /^src\/(?:main\/shell|preload)\//,
    why: 'only the shell and the preload know Electron',
  },
  { name: /^keytar$/, by: /^src\/main\/account\//, why: 'only the account asks the keychain' },
  {
    name: /^better-sqlite3-multiple-ciphers$/,
    by: /^src\/main\/cache\//,
    why: 'only the cache opens the copy',
  },
];

/** Modules know capabilities: of the providers they import the files at the top, never the folder of one provider. */
const PROVIDER_FOLDER = /^backend\/src\/providers\/[^/]+\//;

/** Words that stand in one place only. */
export const WORDS: readonly {
  readonly word: RegExp;
  readonly in: RegExp;
  readonly by: RegExp;
  readonly why: string;
}[] = [
  {
    word: /\bprocess\.env\b/,
    in: /^(?:backend\/src|contract|sdk|src)\//,
    by: /^(?:backend\/src\/(?:admin|config|main)\.ts|src\/main\/index\.ts)$/,
    why: 'the environment is read once, at the entry',
  },
  {
    word: /\bwindow\.astrix\b/,
    in: /^src\/renderer\//,
    by: /^src\/renderer\/lib\/bridge\.ts$/,
    why: 'the window reaches main through one door',
  },
  {
    word: /(?<![.\w])fetch\(|\bnew (?:WebSocket|EventSource|XMLHttpRequest)\b/,
    in: /^(?:backend\/src|contract|src)\//,
    by: /^backend\/src\/platform\/egress\//,
    why: 'only platform/egress and the SDK call the network',
  },
  {
    word: /\bdangerouslySetInnerHTML\b|\.(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write\b|\beval\(|\bnew Function\b/,
    in: /^(?:backend\/src|contract|sdk|src)\//,
    by: /^$/,
    why: 'text is shown as text (SH-19)',
  },
];

export type Import = { readonly from: string; readonly typesOnly: boolean };

/** Every import, re-export, dynamic import and require of a source text. Text that only looks like one counts as well: it is rare and worth a look. */
export function importsOf(source: string): Import[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(/^\s*(?:import|export)\s+(type\s)?(?:[^'"`;=]*?\sfrom\s*)?['"]([^'"]+)['"]/gm);
  const calls = code.matchAll(/\b(?:import|require)\(\s*['"]([^'"]+)['"]/g);
  return [
    ...[...statements].map(([, type, from = '']) => ({ from, typesOnly: type !== undefined })),
    ...[...calls].map(([, from = '']) => ({ from, typesOnly: false })),
  ];
}

const within = (path: string, place: string) => path === place || path.startsWith(`${place}/`);
const roomOf = (path: string) => ROOMS.find(room => within(path, room.at));
const packageNamed = (list: readonly string[], name: string) => list.some(known => within(name, known));

/** The module of the backend, or the feature of the window, that the file belongs to. */
function sealedIn(path: string): string | null {
  return /^(?:backend\/src\/modules|src\/renderer\/features)\/[^/]+/.exec(path)?.[0] ?? null;
}

/** What is wrong with the imports and words of one file, one sentence each. `path` is relative to the root, with slashes. */
export function faultsOf(path: string, source: string): string[] {
  const room = roomOf(path);
  const faults: string[] = [];
  for (const { from, typesOnly } of room ? importsOf(source) : []) {
    if (!room) break;
    const fault = from.startsWith('.')
      ? roomFault(path, room, posix.join(posix.dirname(path), from))
      : typesOnly
        ? null
        : packageFault(path, room, from);
    if (fault !== null) faults.push(`${path} imports ${from}: ${fault}`);
  }
  for (const { word, in: where, by, why } of WORDS) {
    const found =
      where.test(path) && !by.test(path) ? word.exec(source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')) : null;
    if (found) faults.push(`${path} says ${found[0]}: ${why}`);
  }
  return faults;
}

/** Floors of the window, lowest first. A file uses its own floor and those below it. */
const WINDOW_FLOORS = ['lib', 'ui', 'features', 'app'];

function windowFault(path: string, target: string): string | null {
  const floorOf = (file: string) => WINDOW_FLOORS.indexOf(file.split('/')[2] ?? '');
  const [from, to] = [floorOf(path), floorOf(target)];
  if (to > from) return `src/renderer/${WINDOW_FLOORS[from]} does not use src/renderer/${WINDOW_FLOORS[to]}`;
  const [own, other] = [sealedIn(path), sealedIn(target)];
  return own !== null && other !== null && own !== other ? 'a feature of the window does not use another' : null;
}

function roomFault(path: string, room: Room, target: string): string | null {
  if (within(target, room.at)) {
    if (room.at === 'src/renderer') return windowFault(path, target);
    const [from, to] = [sealedIn(path), sealedIn(target)];
    if (to === null || from === to) return null;
    return target === `${to}/index.ts` ? null : `${to} is entered through its index.ts`;
  }
  if (room.at === 'backend/src/modules' && PROVIDER_FOLDER.test(target)) return 'a module imports no provider folder';
  if (!room.rooms.some(known => within(target, known)))
    return `${room.at} does not use ${roomOf(target)?.at ?? target}`;
  const to = sealedIn(target);
  return to !== null && target !== `${to}/index.ts` ? `${to} is entered through its index.ts` : null;
}

function packageFault(path: string, room: Room, name: string): string | null {
  if (room.packages !== '*' && !packageNamed(room.packages, name)) return `${room.at} does not use this package`;
  const owned = OWNED.find(rule => rule.name.test(name) && !rule.by.test(path));
  return owned ? owned.why : null;
}

/** Every source file of the product, without tests. Paths with slashes, relative to `root`. */
export function sourcesOf(root: string): string[] {
  return ['contract', 'sdk/src', 'backend/src', 'backend/sandbox', 'src'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !/(\.test\.tsx?|^samples\.ts)$/.test(entry.name))
      .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter(path => !path.includes('node_modules/') && !/^src\/(?:main|renderer)\/testkit\//.test(path)),
  );
}

export const faultsIn = (root: string): string[] =>
  sourcesOf(root).flatMap(path => faultsOf(path, readFileSync(join(root, path), 'utf8')));
