import { MemoryFS } from '@electric-sql/pglite';
import type { Filesystem } from '@electric-sql/pglite/basefs';

/** A file of a database, or a folder when it has no bytes of its own. Parents come before what is in them. */
type Entry = { readonly path: string; readonly mode: number; readonly bytes: Uint8Array | null };
export type DatabaseFiles = readonly Entry[];

const BLOCK = 512;

/** The files in a tar, as `dumpDataDir` makes it. Their bytes stay where they are. */
export function filesOfTar(tar: Buffer): DatabaseFiles {
  const entries: Entry[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number) =>
      tar.toString('latin1', at + from, at + from + length).split('\0')[0]!;
    const octal = (from: number, length: number) => Number.parseInt(text(from, length), 8) || 0;
    const [size, isFolder] = [octal(124, 12), text(156, 1) === '5'];
    const from = at + BLOCK;
    // Not a Buffer, whose slice is no copy.
    const bytes = isFolder ? null : new Uint8Array(tar.buffer, tar.byteOffset + from, size);
    entries.push({ path: text(0, 100), mode: octal(100, 8), bytes });
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What Emscripten keeps in memory about a file. */
type Node = {
  contents: Uint8Array;
  usedBytes: number;
  readonly node_ops: { readonly mknod: (parent: Node, name: string, mode: number, device: number) => Node };
  stream_ops: { readonly write: (stream: { readonly node: Node }, ...rest: readonly unknown[]) => number };
};

const FOLDER = 0o040000;
const FILE = 0o100000;

/**
 * A folder of a database that begins with these files. Each file is shared by all copies until it is written to: a test writes to few of
 * them, and reading forty megabytes into memory was most of what opening a database cost.
 */
export function copyOf(files: DatabaseFiles): Filesystem {
  return new (class extends MemoryFS {
    override async initialSyncFs(): Promise<void> {
      const { FS } = this.pg!.Module;
      FS.mkdirTree(PGDATA);
      const folders = new Map([['', FS.lookupPath(PGDATA, {}).node as unknown as Node]]);
      for (const { path, mode, bytes } of files) {
        const slash = path.lastIndexOf('/');
        const parent = folders.get(path.slice(0, Math.max(0, slash)))!;
        const kind = bytes === null ? FOLDER : FILE;
        const node = parent.node_ops.mknod(parent, path.slice(slash + 1), kind | mode, 0);
        if (bytes === null) folders.set(path, node);
        else share(node, bytes);
      }
    }
  })();
}

/** Where PGlite expects its database. */
const PGDATA = '/pglite/data';

function share(node: Node, bytes: Uint8Array): void {
  const { write, ...others } = node.stream_ops;
  node.contents = bytes;
  node.usedBytes = bytes.length;
  node.stream_ops = {
    ...others,
    write: (stream, ...rest) => {
      if (node.contents.buffer === bytes.buffer) node.contents = node.contents.slice();
      return write(stream, ...rest);
    },
  };
}
