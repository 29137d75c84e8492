import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { FuseV1Options } from '@electron/fuses';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { build } from './build.ts';
import { afterPack, FUSES } from './fuses.ts';
import { builderConfig, missing, nativeFiles, packagesAskedFor } from './package.ts';

const root = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);
const config = builderConfig();

/** The fuses as SH-12 decides them. */
const DECIDED: Readonly<Record<keyof typeof FuseV1Options, boolean>> = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
  WasmTrapHandlers: true,
};
const NAMES = Object.keys(DECIDED) as (keyof typeof FuseV1Options)[];
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astrix-package-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stands for Electron's binary: what @electron/fuses looks for and nothing else. */
function standIn(name: string, wire: string): string {
  const path = join(folder, name);
  const content = [Buffer.alloc(64), Buffer.from(SENTINEL), Buffer.from([1, wire.length]), Buffer.from(wire)];
  writeFileSync(path, Buffer.concat([...content, Buffer.alloc(64)]), { mode: 0o755 });
  return path;
}

const wireOf = (path: string): string => {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(SENTINEL) + SENTINEL.length + 2;
  return bytes.subarray(at, at + bytes[at - 1]!).toString('latin1');
};
const decidedWire = NAMES.sort((a, b) => FuseV1Options[a] - FuseV1Options[b])
  .map(name => (DECIDED[name] ? '1' : '0'))
  .join('');

describe('the fuses', () => {
  const hook = (system: string) =>
    afterPack({
      appOutDir: folder,
      electronPlatformName: system,
      packager: { appInfo: { productFilename: 'Astrix Console' }, executableName: 'astrix-console' },
    });

  test('SH-12: every fuse that exists is decided, and as the controls ask', () => {
    const existing = Object.keys(FuseV1Options).filter(name => Number.isNaN(Number(name)));
    expect(existing.sort()).toEqual([...NAMES].sort());
    for (const name of NAMES) expect([name, FUSES[FuseV1Options[name]]]).toEqual([name, DECIDED[name]]);
    expect(FUSES.strictlyRequireAllFuses).toBe(true);
  });

  test.each([
    ['linux', 'astrix-console'],
    ['win32', 'Astrix Console.exe'],
  ])('SH-12: on %s they are in the binary after packing, whatever they were', async (system, name) => {
    for (const before of ['0'.repeat(9), '1'.repeat(9), '101100010']) {
      const binary = standIn(name, before);
      await hook(system);
      expect(wireOf(binary)).toBe(decidedWire);
    }
  });

  test('SH-12: a fuse that nobody has decided yet stops the packaging, and so does one that is gone', async () => {
    standIn('astrix-console', '1'.repeat(10));
    await expect(hook('linux')).rejects.toThrow(/fuse/i);
    standIn('astrix-console', `${'1'.repeat(8)}r`);
    await expect(hook('linux')).rejects.toThrow(/fuse/i);
  });
});

describe('electron-builder.yml', () => {
  test('is a configuration that electron-builder accepts', async () => {
    const { validateConfiguration } = require('app-builder-lib/out/util/config/config.js') as {
      validateConfiguration: (config: object, log: { isEnabled: boolean }) => Promise<void>;
    };
    await validateConfiguration(structuredClone(config), { isEnabled: false });
    await expect(validateConfiguration({ ...config, fuze: true }, { isEnabled: false })).rejects.toThrow(/fuze/);
  });

  test('names files that exist', () => {
    const texts = (value: unknown): string[] =>
      typeof value === 'string'
        ? [value]
        : value && typeof value === 'object'
          ? Object.values(value).flatMap(texts)
          : [];
    const named = texts({ ...config, files: [] }).filter(text => /^(?:\.\/|resources)/.test(text));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(path => !existsSync(join(root, path)))).toEqual([]);
  });

  test('SH-17: registers the one scheme of the deep links, and is the application that Windows shows notices for', () => {
    expect(config.protocols).toEqual([expect.objectContaining({ schemes: ['astrix'] })]);
    const shell = readFileSync(join(root, 'src/main/shell/start.ts'), 'utf8');
    expect(shell).toContain("setAsDefaultProtocolClient('astrix')");
    expect(shell).toContain(`setAppUserModelId('${config.appId}')`);
  });

  test('publishes nothing, needs no administrator, and gives up nothing of the hardened runtime but its compiler', () => {
    expect(config.publish).toBeNull();
    expect(config.nsis).toMatchObject({ perMachine: false, allowElevation: false });
    expect(config.mac).toMatchObject({ hardenedRuntime: true });
    const plist = readFileSync(join(root, 'resources/entitlements.mac.plist'), 'utf8');
    expect([...plist.matchAll(/<key>(.*)<\/key>/g)].map(([, key]) => key)).toEqual(['com.apple.security.cs.allow-jit']);
  });
});

describe('npm run package', () => {
  test('says plainly what is missing and what to do, all of it at once', () => {
    expect(missing({ has: () => true }, 'linux-x64')).toEqual([]);
    const all = missing({ has: () => false }, 'plan9-mips');
    expect(all[0]).toContain('node node_modules/electron/install.js');
    expect(all.filter(line => line.includes('plan9-mips')).length).toBe(2);
    expect(all.some(line => line.includes('npm run icons'))).toBe(true);
  });

  test('knows what a bundle asks for', () => {
    writeFileSync(
      join(folder, 'a.js'),
      'import x from "pkg";import{y}from"@a/b";await import("late");require(\'old\')',
    );
    writeFileSync(
      join(folder, 'b.js'),
      'import "node:fs";import{app}from"electron";import"./c.js";import z from "path"',
    );
    expect(packagesAskedFor(folder).sort()).toEqual(['@a/b', 'late', 'old', 'pkg']);
  });

  const able = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  test.runIf(able)('SH-16: packs what runs and nothing else, here around a stand-in for the binary', () => {
    expect(build()).toBe(true);
    standIn('electron', '101100010');
    mkdirSync(join(folder, 'resources'));
    for (const name of ['version', 'LICENSE', 'chrome-sandbox']) writeFileSync(join(folder, name), '45.4.1');
    const output = join(folder, 'packed');
    const cli = join(root, 'node_modules', 'electron-builder', 'cli.js');
    const run = spawnSync(
      process.execPath,
      [
        ...[cli, '--config', 'electron-builder.yml', '--publish', 'never', '--dir', `--${process.arch}`],
        ...[`-c.electronDist=${folder}`, `-c.directories.output=${output}`],
      ],
      { cwd: root, encoding: 'utf8' },
    );
    expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
    const unpacked = join(output, readdirSync(output).find(name => name.endsWith('-unpacked'))!);
    expect(wireOf(join(unpacked, 'astrix-console'))).toBe(decidedWire);

    const archive = join(unpacked, 'resources', 'app.asar');
    const { listPackage } = require('@electron/asar') as { listPackage: (path: string, options: object) => string[] };
    const packed = listPackage(archive, {}).map(path => path.slice(1).split(sep).join('/'));
    const needed = ['package.json', 'out/main/index.js', 'out/main/cache-worker.js', 'out/preload/index.cjs'];
    expect(packed).toEqual(expect.arrayContaining([...needed, 'out/renderer/index.html', 'resources/tray-unread.png']));
    expect(packed.filter(path => path.endsWith('.ts') || path.endsWith('.map'))).toEqual([]);
    const modules = packed.filter(path => /^node_modules\/[^/]+$/.test(path)).map(path => path.split('/')[1]);
    expect(modules.sort()).toEqual(packagesAskedFor(join(root, 'out', 'main')).sort());

    // SH-16: what lies beside the archive is only what the system itself must open.
    const beside = readdirSync(`${archive}.unpacked`, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => relative(`${archive}.unpacked`, join(entry.parentPath, entry.name)).split(sep).join('/'));
    expect(beside.sort()).toEqual(nativeFiles(`linux-${process.arch}`).sort());
  });
});
