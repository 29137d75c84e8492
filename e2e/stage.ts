import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import {
  _electron,
  type Browser,
  type BrowserContext,
  chromium,
  type ElectronApplication,
  type Page,
} from '@playwright/test';
import { type Running, startScript } from '../tools/running.ts';

/** Everything a journey stands on: the real backend, the provider sandbox and the built console, each a process that can be killed. */
const root = join(import.meta.dirname, '..');

export type Stage = {
  readonly folder: string;
  readonly backendUrl: string;
  readonly sandboxUrl: string;
  /** Link with which the owner joins; null for the demo, whose people have joined. */
  readonly invitation: string | null;
  /** What the mailbox of the sandbox has received, newest first. */
  readonly mails: () => Promise<{ rcpt: string; subject: string; text: string }[]>;
  readonly startBackend: () => Promise<void>;
  readonly stopBackend: () => Promise<void>;
  readonly openConsole: (options?: {
    readonly name?: string;
    readonly keychain?: boolean;
    readonly theme?: 'light' | 'dark';
    /** False starts a console that asks for its server. */
    readonly knowsBackend?: boolean;
  }) => Promise<OpenConsole>;
  /** A customer of the demo writes. */
  readonly customerWrites: (message: Record<string, unknown>) => Promise<string>;
  /** The providers forget every consent that was given, as when somebody removes the app there. */
  readonly forgetConsents: () => Promise<void>;
  readonly setFault: (kind: string, times: number) => Promise<void>;
  readonly ledger: () => Promise<{
    executed: { id: string; accountId: string; to: string; text: string; callbackData: string | null }[];
    received: { id: string; text: string }[];
  }>;
  readonly close: () => Promise<void>;
};

export type OpenConsole = {
  readonly page: Page;
  readonly kind: 'electron' | 'stand-in';
  readonly userData: string;
  readonly desktop: () => Promise<{
    tray: { label: string; checked: boolean }[];
    tooltip: string;
    badge: number;
    notices: { title: string; body: string }[];
    opened: string[];
  }>;
  /** A tab of the person's own browser, which is not a window of the console. */
  readonly browserTab: () => Promise<Page>;
  /** What the content security policy of the window has refused since it was opened, in the words of the browser. */
  readonly policyBreaks: readonly string[];
  /** Resident memory of the console's main process, in bytes; null where it cannot be told. */
  readonly memory: () => number | null;
  readonly clickTray: (label: RegExp) => Promise<void>;
  /** As when the power goes: no chance to say goodbye. */
  readonly kill: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const CHROMIUM = [
  process.env.ASTRIX_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
].find(path => path !== undefined && existsSync(path));

/** The path of a real Electron binary, or null where there is none. */
export function electronBinary(): string | null {
  const named = join(root, 'node_modules', 'electron', 'path.txt');
  if (!existsSync(named)) return null;
  const path = join(root, 'node_modules', 'electron', 'dist', readFileSync(named, 'utf8').trim());
  return existsSync(path) ? path : null;
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>(resolve => server.close(() => resolve()));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Backend and sandbox, on ports of their own and in a folder of their own. The agency is that of the demo, or one that begins empty. */
export async function openStage(
  options: {
    readonly statusDelayMs?: number;
    readonly databaseUrl?: string;
    /** Name of an agency without the demo, and the address of its owner: as `astrix-admin init` makes it. */
    readonly agency?: { readonly name: string; readonly owner: string };
  } = {},
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'astrix-stage-'));
  const [backendPort, sandboxPort, mailPort] = [await freePort(), await freePort(), await freePort()];
  const backendUrl = `http://127.0.0.1:${backendPort}`;
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const environment = {
    ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
    ASTRIX_DATA_DIR: join(folder, 'backend'),
    ...(options.agency ? {} : { ASTRIX_DEMO: '1' }),
    ASTRIX_PORT: String(backendPort),
    ASTRIX_LOG_LEVEL: 'warn',
    ASTRIX_WHATSAPP_APP_SECRET: 'demo-app-secret',
    ASTRIX_WHATSAPP_VERIFY_TOKEN: 'demo-verify-token',
    ASTRIX_SANDBOX_URL: sandboxUrl,
    ASTRIX_SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    ASTRIX_MAIL_FROM: 'Astrix Console <console@astrix.example>',
  };
  let backend: Running | null = null;
  const startBackend = async () => {
    backend ??= await startScript(['backend/src/main.ts'], environment);
  };
  const invitation = options.agency ? ownersLink(options.agency, environment) : null;
  await startBackend();
  const delay = options.statusDelayMs === undefined ? [] : ['--status-delay', String(options.statusDelayMs)];
  const startSandbox = () =>
    startScript(
      [
        'backend/sandbox/main.ts',
        '--port',
        String(sandboxPort),
        '--backend',
        backendUrl,
        '--mail-port',
        String(mailPort),
        ...delay,
      ],
      {},
    );
  let sandbox = await startSandbox();
  const consoles: OpenConsole[] = [];
  const json = async (path: string, init?: RequestInit) =>
    (await fetch(`${sandboxUrl}${path}`, { ...init, headers: { 'content-type': 'application/json' } })).json();

  return {
    folder,
    backendUrl,
    sandboxUrl,
    invitation,
    startBackend,
    mails: async () => (await json('/_sandbox/mails')) as Awaited<ReturnType<Stage['mails']>>,
    async stopBackend() {
      await backend?.kill();
      backend = null;
    },
    async openConsole({ name = 'console', theme = 'light', keychain = true, knowsBackend = true } = {}) {
      const place = { userData: join(folder, name), backendUrl: knowsBackend ? backendUrl : null };
      const opened = await launch({ ...place, sandboxUrl, theme, keychain });
      consoles.push(opened);
      return opened;
    },
    customerWrites: async message => {
      const body = { accountId: '200000000000001', phone: '919876500001', name: 'Ananya Sharma', ...message };
      const answer = (await json('/_sandbox/inbound', { method: 'POST', body: JSON.stringify(body) })) as {
        id?: string;
        error?: string;
      };
      if (!answer.id) throw new Error(`the sandbox refused: ${answer.error}`);
      return answer.id;
    },
    async forgetConsents() {
      await sandbox.kill();
      sandbox = await startSandbox();
    },
    setFault: async (kind, times) =>
      void (await json('/_sandbox/fault', { method: 'PUT', body: JSON.stringify({ kind, times }) })),
    ledger: async () => (await json('/_sandbox/ledger')) as Awaited<ReturnType<Stage['ledger']>>,
    async close() {
      for (const open of consoles) await open.close().catch(() => undefined);
      await sandbox.kill();
      await backend?.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes the agency of an empty installation as an operator does. */
function ownersLink(agency: { readonly name: string; readonly owner: string }, environment: NodeJS.ProcessEnv): string {
  const args = ['backend/astrix-admin.mjs', 'init', '--agency-name', agency.name, '--email', agency.owner, '--json'];
  const made = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`astrix-admin init ended with ${made.status}: ${made.stderr}`);
  return (JSON.parse(made.stdout) as { link: string }).link;
}

type Launch = {
  readonly userData: string;
  readonly backendUrl: string | null;
  readonly sandboxUrl: string;
  readonly theme: 'light' | 'dark';
  readonly keychain: boolean;
};

/** Real Electron where its binary is, the stand-in elsewhere: the same bundles and the same page. */
async function launch(options: Launch): Promise<OpenConsole> {
  const binary = electronBinary();
  return binary ? launchElectron(binary, options) : launchStandIn(options);
}

const environmentOf = ({ userData, backendUrl, sandboxUrl, keychain }: Launch) => ({
  // On Linux the keychain is behind the session bus; an address where nobody listens is as good as none.
  ...(keychain ? {} : { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }),
  ASTRIX_USER_DATA: userData,
  ...(backendUrl === null ? {} : { ASTRIX_BACKEND_URL: backendUrl }),
  ASTRIX_SANDBOX_URL: sandboxUrl,
  ASTRIX_DEMO: '1',
});

async function launchElectron(executablePath: string, options: Launch): Promise<OpenConsole> {
  const args = [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const app: ElectronApplication = await _electron.launch({
    executablePath,
    args,
    env: { ...process.env, ...environmentOf(options) } as Record<string, string>,
    colorScheme: options.theme,
  });
  // No test can press a button in the system's browser, so main's one way out notes the address; a tab of the test's own browser goes there.
  await app.evaluate(({ shell }) => {
    const noted: string[] = [];
    Object.assign(globalThis, { openedForTest: noted });
    shell.openExternal = async url => void noted.push(url);
  });
  const page = await app.firstWindow();
  return {
    page,
    kind: 'electron',
    userData: options.userData,
    browserTab: async () => (await sharedBrowser()).newPage(),
    policyBreaks: policyBreaksOf(page),
    desktop: async () => ({
      tray: [],
      tooltip: '',
      badge: await app.evaluate(({ app: electron }) => electron.getBadgeCount()),
      notices: [],
      opened: await app.evaluate(() => (globalThis as { openedForTest?: string[] }).openedForTest ?? []),
    }),
    clickTray: async () => {
      throw new Error('the tray of a real desktop cannot be clicked from here');
    },
    memory: () => residentOf(app.process().pid),
    kill: async () => void app.process().kill('SIGKILL'),
    close: () => app.close(),
  };
}

function policyBreaksOf(page: Page): readonly string[] {
  const said: string[] = [];
  page.on('console', message => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/i.test(message.text())) said.push(message.text());
  });
  return said;
}

/** Serious and critical accessibility faults of what is drawn. A window of Electron opens no second page, in which axe would finish. */
export async function faultsOf({ page, kind }: OpenConsole): Promise<string[]> {
  const axe = new AxeBuilder({ page }).exclude('standin-notices').setLegacyMode(kind === 'electron');
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(node => `${node.target.join(' ')} ${node.html}`).slice(0, 3)}`);
}

function residentOf(pid: number | undefined): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024 || null;
  } catch {
    return null;
  }
}

let browser: Browser | null = null;

export async function sharedBrowser(): Promise<Browser> {
  browser ??= await chromium.launch({
    ...(CHROMIUM ? { executablePath: CHROMIUM } : {}),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-gpu',
      '--disable-quic',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = null;
}

async function launchStandIn(options: Launch): Promise<OpenConsole> {
  const running = await startScript(['tools/electron-standin/run.ts', 'out/main/index.js'], environmentOf(options));
  const context: BrowserContext = await (await sharedBrowser()).newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: options.theme,
    locale: 'en-IN',
    timezoneId: 'Asia/Kolkata',
  });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const policyBreaks = policyBreaksOf(page);
  await page.goto(running.url);
  const home = running.url.replace(/\/open$/, '');
  return {
    page,
    kind: 'stand-in',
    userData: options.userData,
    browserTab: () => context.newPage(),
    policyBreaks,
    desktop: async () => (await context.request.get(`${home}/state`)).json() as ReturnType<OpenConsole['desktop']>,
    async clickTray(label) {
      const { tray } = (await (await context.request.get(`${home}/state`)).json()) as { tray: { label: string }[] };
      const item = tray.findIndex(entry => label.test(entry.label));
      if (item < 0) throw new Error(`the tray has no item ${label}`);
      await context.request.post(`${home}/tray?item=${item}`, { headers: { origin: new URL(home).origin } });
    },
    memory: () => residentOf(running.process.pid),
    async kill() {
      await running.kill();
      await context.close();
    },
    async close() {
      await running.stop();
      await context.close();
    },
  };
}

/** Signs in as one of the demo people, code included, as the sign-in page offers it. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(name) }).click();
  const code = page.getByRole('button', { name: /Demo code/ });
  const signedIn = page.getByRole('navigation', { name: 'Clients' });
  await code.or(signedIn).first().waitFor();
  if (await code.isVisible()) await code.click();
  await signedIn.waitFor();
}
