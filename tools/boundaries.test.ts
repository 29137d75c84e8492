import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultsIn, faultsOf, importsOf, ROOMS, sourcesOf } from './boundaries.ts';

const root = join(import.meta.dirname, '..');
const sources = sourcesOf(root);
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** How often a pattern stands in the sources of the product, with the file. */
const sites = (pattern: RegExp) => sources.flatMap(path => [...textOf(path).matchAll(pattern)].map(() => path));

describe('imports between the parts of the product', () => {
  test('every file keeps to the rules', () => {
    expect(faultsIn(root)).toEqual([]);
  });

  test('the rules are read from the whole tree', () => {
    expect(sources.length).toBeGreaterThan(100);
    for (const { at } of ROOMS)
      expect(
        sources.some(path => path === at || path.startsWith(`${at}/`)),
        at,
      ).toBe(true);
  });
});

describe('the rule itself fires', () => {
  const WRONG: readonly (readonly [string, string])[] = [
    ['contract/a.ts', "import { readFileSync } from 'node:fs';"],
    ['contract/a.ts', "import { x } from '../backend/src/kernel/ids.ts';"],
    ['sdk/src/a.ts', "import { x } from '../../backend/src/kernel/ids.ts';"],
    ['sdk/src/a.ts', "import { fetch } from 'undici';"],
    ['backend/src/kernel/a.ts', "import { x } from '../platform/db/index.ts';"],
    ['backend/src/platform/db/a.ts', "import { x } from '../../modules/identity/index.ts';"],
    ['backend/src/platform/http/a.ts', "import { x } from '../../providers/whatsapp/client.ts';"],
    ['backend/src/platform/feed/a.ts', "import { Pool } from 'pg';"],
    ['backend/src/platform/http/a.ts', "import { fetch } from 'undici';"],
    ['backend/src/platform/http/a.ts', "import { connect } from 'node:net';"],
    ['backend/src/platform/feed/a.ts', "import { createHash } from 'node:crypto';"],
    ['backend/src/platform/http/a.ts', "import { PgBoss } from 'pg-boss';"],
    ['backend/src/platform/http/a.ts', "import { spawn } from 'node:child_process';"],
    ['backend/src/providers/whatsapp/a.ts', "import { x } from '../../modules/contacts/index.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../identity/tokens.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../../app.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../../modules.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../../providers/jira/client.ts';"],
    ['backend/src/composition/a.ts', "import { x } from '../modules/contacts/index.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../../config.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../../../sandbox/server.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../../demo/index.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../../../test/world.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { createCipheriv } from 'node:crypto';"],
    ['backend/src/modules/contacts/a.ts', "const x = await import('pg');"],
    ['backend/src/app.ts', "import { x } from './modules/identity/tokens.ts';"],
    ['src/shared/a.ts', "import { join } from 'node:path';"],
    ['src/shared/a.ts', "import { app } from 'electron';"],
    ['src/shared/a.ts', "import { x } from '../main/ports.ts';"],
    ['src/preload/a.ts', "import { x } from '../main/ports.ts';"],
    ['src/preload/a.ts', "import { z } from 'zod';"],
    ['src/main/sync/a.ts', "import { app } from 'electron';"],
    ['src/main/index.ts', "import { app } from 'electron/main';"],
    ['src/main/sync/a.ts', "import Database from 'better-sqlite3-multiple-ciphers';"],
    ['src/main/sync/a.ts', "import keytar from 'keytar';"],
    ['src/main/sync/a.ts', "import { request } from 'node:https';"],
    ['src/main/sync/a.ts', "import { x } from '../../renderer/lib/text.tsx';"],
    ['src/main/sync/a.ts', "import { x } from '../../../backend/src/kernel/ids.ts';"],
    ['src/renderer/ui/a.tsx', "import { x } from '../../main/ports.ts';"],
    ['src/renderer/ui/a.tsx', "import { createClient } from '@astrix/sdk';"],
    ['src/renderer/ui/a.tsx', "import { ipcRenderer } from 'electron';"],
    ['src/renderer/ui/a.tsx', "import { join } from 'node:path';"],
    ['src/renderer/ui/a.tsx', "const fs = require('fs');"],
    ['src/renderer/features/inbox/a.tsx', "import { x } from '../settings/settings-dialog.tsx';"],
    ['src/renderer/features/inbox/a.tsx', "import { x } from '../../app/registry.ts';"],
    ['src/renderer/ui/a.tsx', "import { x } from '../features/inbox/screen.ts';"],
    ['src/renderer/lib/a.ts', "import { x } from '../ui/toast.tsx';"],
    ['src/renderer/ui/a.tsx', "export { x } from '../../main/ports.ts';"],
    ['src/renderer/ui/a.tsx', "import '../../main/ports.ts';"],
    ['backend/src/modules/contacts/a.ts', 'const x = process.env.SECRET;'],
    ['src/renderer/ui/a.tsx', 'window.astrix.app.info();'],
    ['src/renderer/ui/a.tsx', "await fetch('https://example.com');"],
    ['backend/src/modules/contacts/a.ts', "await fetch('https://example.com');"],
    ['src/renderer/ui/a.tsx', "new WebSocket('wss://example.com');"],
    ['src/renderer/ui/a.tsx', '<p dangerouslySetInnerHTML={{ __html: text }} />'],
    ['src/renderer/ui/a.tsx', 'element.innerHTML = text;'],
  ];
  test.each(WRONG)('in %s: %s', (path, source) => {
    expect(faultsOf(path, source)).toHaveLength(1);
    expect(faultsOf(path, `import type { A } from 'anything';\n\n${source}\n`)).toHaveLength(1);
  });

  const RIGHT: readonly (readonly [string, string])[] = [
    ['backend/src/modules/contacts/a.ts', "import { x } from '../identity/index.ts';"],
    ['backend/src/modules/contacts/a.ts', "import type { FastifyReply } from 'fastify';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from './tables.ts';"],
    ['backend/src/modules/contacts/a.ts', "import { x } from '../../providers/messaging.ts';"],
    ['backend/src/platform/db/a.ts', "import { Pool } from 'pg';"],
    ['src/main/shell/a.ts', "import { app } from 'electron';"],
    ['src/main/sync/a.ts', "import type { App } from 'electron';"],
    ['src/main/sync/a.ts', "import { x } from '../cache/index.ts';"],
    ['src/renderer/features/inbox/a.tsx', "import { x } from '../../ui/button.tsx';"],
    ['src/renderer/app/a.ts', "import { x } from '../features/inbox/screen.ts';"],
    ['src/renderer/ui/a.tsx', '// window.astrix is reached through lib/bridge, never by fetch(…)'],
    ['src/renderer/ui/a.tsx', "/* import { app } from 'electron'; */"],
    ['src/main/sync/a.ts', "await client.fetch('x');"],
  ];
  test.each(RIGHT)('but not in %s: %s', (path, source) => {
    expect(faultsOf(path, source)).toEqual([]);
  });

  test('every form of an import is seen', () => {
    const text = `import a from 'a';
import { b } from "b";
import type { C } from 'c';
import * as d from 'd';
import e, { f } from 'e';
import {
  g,
  h,
} from 'g';
import 'i';
export * from 'j';
export { k } from 'k';
const l = await import('l');
const m = require('m');
export const text = 'from nowhere';
// import { n } from 'n';
/** import { o } from 'o'; */`;
    expect(importsOf(text).map(one => `${one.from}${one.typesOnly ? ' (types)' : ''}`)).toEqual([
      'a',
      'b',
      'c (types)',
      'd',
      'e',
      'g',
      'i',
      'j',
      'k',
      'l',
      'm',
    ]);
  });
});

describe('places of which there is one', () => {
  test('SH-08: the system browser is reached from one line', () => {
    // Elsewhere `shell` is the port of ours; Electron's own can be had in the shell only, as the arrows hold.
    const ofElectron = sites(/\bshell\.openExternal\(/g).filter(path => path.startsWith('src/main/shell/'));
    expect(ofElectron).toEqual(['src/main/shell/desktop.ts']);
    expect(sites(/\bshell\.(?:openPath|openItem|showItemInFolder|writeShortcutLink)\(/g)).toEqual([]);
  });

  test('SH-02: windows are made in one place, and nothing else shows a page', () => {
    expect(sites(/\bnew BrowserWindow\b/g)).toEqual(['src/main/shell/window.ts']);
    expect(sites(/\b(?:BrowserView|WebContentsView|webContents\.create|webviewTag: true)\b/g)).toEqual([]);
  });

  test('SH-02: no source turns a restriction of the window off', () => {
    expect(
      sites(
        /\b(?:sandbox|contextIsolation|webSecurity): false|\b(?:nodeIntegration\w*|webviewTag|allowRunningInsecureContent|experimentalFeatures): true|no-sandbox|disable-web-security/g,
      ),
    ).toEqual([]);
  });

  test('SH-05: no page holds a webview', () => {
    expect(sites(/<webview|'webview'/g)).toEqual([]);
  });

  test('SH-10: calls of a window arrive at one handler, and no older door stands open', () => {
    expect(sites(/\bipcMain\.handle\(/g)).toEqual(['src/main/shell/desktop.ts']);
    expect(sites(/\bipcMain\.(?:on|once|handleOnce)\(|\bsendSync\(/g)).toEqual([]);
  });

  test('SH-13: one object is exposed to the page', () => {
    expect(sites(/\bexposeInMainWorld\(/g)).toEqual(['src/preload/index.ts']);
  });

  test('the keychain is never listed: with a locked keyring that ends the process', () => {
    expect(sites(/\.findCredentials\b/g)).toEqual([]);
  });

  test('SH-23: nothing in the product reports home', () => {
    expect(
      sites(/from '(?:@sentry|posthog|mixpanel|@amplitude|analytics)|google-analytics\.com|crashReporter/g),
    ).toEqual([]);
  });
});
