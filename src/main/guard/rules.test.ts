import { describe, expect, test } from 'vitest';
import {
  APP_PAGE,
  CSP,
  deepLinkIn,
  isOwnOrigin,
  judgeConsent,
  judgeLink,
  judgeSignIn,
  mayHave,
  packagedFile,
  readDeepLink,
} from './rules.ts';

/** Places that look like ours to somebody who compares beginnings or ends of a text (P-2). */
const ELSEWHERE = [
  'app://console.evil/',
  'app://console.evil/index.html',
  'app://consoleevil/',
  'app://xconsole/',
  'app://evil/console',
  'app://evil/app://console/',
  'app://evil?app://console/',
  'app://evil#app://console/',
  'app://console@evil/',
  'app://console:pw@evil/',
  'app://user@console/',
  'app://user:pw@console/',
  'app://:pw@console/',
  'app://console:80/',
  'app://console:1/index.html',
  'app://CONSOLE.evil/',
  'app://console%2eevil/',
  'app://con%73ole/',
  'app://console%00.evil/',
  'app://cоnsole/',
  'app://ｃonsole/',
  'app://console․evil/',
  'app://console。evil/',
  'app://console\\@evil/',
  'app://console\\.evil/',
  'app:///console/',
  'app:/console/',
  'app:console',
  'app:',
  'app://',
  'app:///',
  'xapp://console/',
  'appp://console/',
  'app-x://console/',
  'http://console/',
  'https://console/',
  'https://app://console/',
  'https://evil/?app://console/index.html',
  'http://127.0.0.1:4700/',
  'http://localhost/',
  'ws://console/',
  'wss://console/',
  'ftp://console/',
  'file:///etc/passwd',
  'file://console/index.html',
  'file:///C:/Windows/System32/calc.exe',
  '\\\\evil\\share',
  '//console/index.html',
  'about:blank',
  'about:srcdoc',
  'about:blank#app://console',
  'blob:app://console/0f4c',
  'filesystem:app://console/temporary/x',
  'data:text/html,<script>alert(1)</script>',
  'javascript:alert(1)',
  'javascript://console/%0aalert(1)',
  'view-source:app://console/index.html',
  'devtools://devtools/bundled/inspector.html',
  'chrome://settings',
  'chrome-extension://abcdefgh/index.html',
  'null',
  '',
  'index.html',
  'astrix://client/0190b8a0-0000-7000-8000-000000000001',
];

describe('where a window may be', () => {
  test.each(ELSEWHERE)('SH-06: %j is not ours', url => {
    expect(isOwnOrigin(url)).toBe(false);
  });

  test('SH-06: the corpus has at least 60 addresses, and our own page is ours with any query or fragment', () => {
    expect(new Set(ELSEWHERE).size).toBeGreaterThanOrEqual(60);
    for (const own of [APP_PAGE, `${APP_PAGE}#/c/1`, `${APP_PAGE}?x=1`, 'APP://console/index.html'])
      expect(isOwnOrigin(own), own).toBe(true);
  });
});

/** Every form in which a page asks for another window (P-3). None of them is ours, and none may throw. */
const WINDOW_OPEN = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'java\tscript:alert(1)',
  'javascript://%0aalert(1)',
  'javascript:void(0)',
  'vbscript:msgbox(1)',
  'data:text/html,<script>opener.x()</script>',
  'data:text/html;base64,PHNjcmlwdD4=',
  'about:blank',
  'about:blank#blocked',
  '',
  '#',
  '/',
  '//evil.example',
  'blob:app://console/1',
  'file:///etc/passwd',
  'app://evil/index.html',
  'chrome://gpu',
  'devtools://devtools/bundled/devtools_app.html',
  'view-source:https://evil.example',
  'ms-msdt:/id PCWDiagnostic',
  'search-ms:query=x&crumb=location:\\\\evil\\share',
  'http://evil.example/',
  'x'.repeat(100_000),
];

describe('window.open', () => {
  test.each(WINDOW_OPEN.map(url => [url.slice(0, 60), url] as const))(
    'SH-07: %j is not handed to the system, however often it is asked',
    (_shown, url) => {
      for (let time = 0; time < 100; time++) expect(judgeLink(url).allowed).toBe(false);
    },
  );

  test('SH-07: the corpus has at least 25 forms', () => {
    expect(new Set(WINDOW_OPEN).size).toBeGreaterThanOrEqual(25);
  });
});

const id = '0190b8a0-1111-7222-8333-444455556666';
const other = '0190b8a0-aaaa-7bbb-8ccc-ddddeeeeffff';

/** What a server, a message or a page could try to have opened (P-1, P-4, P-10). */
const UNSAFE_LINKS = [
  // other schemes
  'http://example.com/',
  'HTTP://example.com/',
  'ftp://example.com/x',
  'sftp://example.com/x',
  'ssh://example.com',
  'telnet://example.com',
  'file:///etc/passwd',
  'file://example.com/share/x.exe',
  'FILE:///C:/Windows/System32/calc.exe',
  'smb://example.com/share',
  'nfs://example.com/share',
  'afp://example.com/share',
  'davs://example.com/x',
  'ldap://example.com/cn=x',
  'jar:https://example.com/x.jar!/',
  'javascript:alert(1)',
  'javascript://example.com/%0aalert(1)',
  'vbscript:msgbox(1)',
  'data:text/html,<script>1</script>',
  'blob:https://example.com/1',
  'about:blank',
  'view-source:https://example.com/',
  'chrome://settings',
  'ms-msdt:/id PCWDiagnostic /skip force',
  'ms-officecmd:{"id":3}',
  'search-ms:query=x',
  'ms-settings:',
  'ms-excel:ofe|u|https://example.com/x.xls',
  'vscode://x.y/z',
  'slack://open',
  'steam://run/1',
  'intent://scan/#Intent;scheme=zxing;end',
  'itms-services://?action=download-manifest',
  'x-apple.systempreferences:',
  'shell:startup',
  'calculator:',
  'tel:+911234567890',
  'sms:+911234567890',
  'whatsapp://send?text=x',
  'astrix://client/0190b8a0-1111-7222-8333-444455556666',
  'app://console/index.html',
  'res://ieframe.dll/x',
  'mk:@MSITStore:c:\\x.chm',
  // network paths and things that are no address
  '\\\\evil.example\\share\\x.exe',
  '//evil.example/share',
  '\\/\\/evil.example',
  'C:\\Windows\\System32\\calc.exe',
  '/etc/passwd',
  'example.com',
  'www.example.com/path',
  '',
  ' ',
  'https',
  'https:',
  'https://',
  'https:///',
  // pretends to be another host
  'https://google.com@evil.example/',
  'https://google.com:pw@evil.example/',
  'https://:pw@evil.example/',
  'https://google.com%40evil.example@evil.example/',
  'https://google.com\\@evil.example/',
  'https:\\\\evil.example\\',
  'https:/\\evil.example',
  // hides where it goes
  ' https://example.com/',
  'https://example.com/ ',
  'https://exa mple.com/',
  'https://example.com/\u0000',
  'https://example.com/a\nb',
  'https://example.com/a\r\nHost: evil',
  'https://exam\tple.com/',
  'https://example.com/\u202egnp.exe',
  'https://example\u200b.com/',
  'https://example.com/\u2066x',
  'https://example.com/\ufeff',
  'https://example.com/\u00a0x',
  'https://example.com/\u2028',
  'https://example.com/\u007f',
  // inside of the network
  'https://localhost/',
  'https://localhost:4700/',
  'https://printer/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://10.0.0.1/',
  'https://[::1]/',
  'https://[fd00::1]/',
  'https://router.local/',
  'https://db.internal/',
  'https://nas.lan/',
  'https://x.localhost/',
  'https://hub.home/',
  'https://1.0.0.127.in-addr.arpa/',
  'https://example.com./',
  `https://example.com/${'a'.repeat(2048)}`,
  // mail that carries more than an address
  'mailto:',
  'mailto:nobody',
  'mailto:a@b@c',
  'mailto:a@example.com?attach=/etc/passwd',
  'mailto:a@example.com?body=x',
  'mailto:a%0abcc:b@example.com',
];

const SAFE_LINKS: readonly (readonly [string, string])[] = [
  ['https://example.com', 'example.com'],
  ['https://example.com/track?id=1&x=%20#part', 'example.com'],
  ['https://sub.example.co.in:8443/a', 'sub.example.co.in:8443'],
  ['HTTPS://EXAMPLE.COM/A', 'example.com'],
  // Shown in ASCII, so that a look-alike is seen for what it is.
  ['https://аpple.com/', 'xn--pple-43d.com'],
  ['https://भारत.com/', 'xn--h2brj9c.com'],
  ['mailto:care@example.com', 'care@example.com'],
];

describe('links to the outside', () => {
  test.each(UNSAFE_LINKS.map(url => [url.slice(0, 60), url] as const))(
    'SH-08: %j is refused with a reason',
    (_shown, url) => {
      const verdict = judgeLink(url);
      expect(verdict.allowed).toBe(false);
      expect(!verdict.allowed && verdict.why).toMatch(/^[A-Z].*\.$/);
    },
  );

  test('SH-08: the corpus has at least 90 addresses', () => {
    expect(new Set(UNSAFE_LINKS).size).toBeGreaterThanOrEqual(90);
  });

  test.each(SAFE_LINKS)('SH-08: %s may be opened, and its host is shown as %s', (url, host) => {
    expect(judgeLink(url)).toMatchObject({ allowed: true, host });
  });
});

describe('pages of consent', () => {
  const SANDBOX = 'http://127.0.0.1:4780';

  test.each(UNSAFE_LINKS.filter(url => !url.startsWith('mailto:')).map(url => [url.slice(0, 60), url] as const))(
    'VT-08, SH-08: %j of a server that lies is refused with a reason, or what is left of it is a safe link',
    (_shown, url) => {
      // What the parser itself takes out of an address goes nowhere else than the address that is left.
      for (const sandbox of [null, SANDBOX]) {
        const verdict = judgeConsent(url, sandbox);
        if (verdict.allowed) expect(judgeLink(verdict.url)).toMatchObject({ allowed: true });
        else expect(verdict.why).toMatch(/^[A-Z].*\.$/);
      }
    },
  );

  test('SH-08: only https is opened, never a mail', () => {
    for (const url of ['mailto:care@example.com', 'http://auth.example.com/x', 'file:///etc/passwd', 'javascript:1'])
      expect(judgeConsent(url, null).allowed).toBe(false);
  });

  test('an address may be as long as providers make them, and no longer', () => {
    const url = `https://auth.example.com/authorize?scope=${'s'.repeat(5000)}`;
    expect(judgeConsent(url, null)).toMatchObject({ allowed: true, host: 'auth.example.com', url });
    expect(judgeLink(url).allowed).toBe(false);
    expect(judgeConsent(`${url}${'s'.repeat(3000)}`, null).allowed).toBe(false);
  });

  test('VT-08: of this machine only the consent page of the configured sandbox is opened', () => {
    const page = `${SANDBOX}/_browser/jira?state=x`;
    expect(judgeConsent(page, SANDBOX)).toMatchObject({ allowed: true, url: page });
    expect(judgeConsent(page, null).allowed).toBe(false);
    expect(judgeLink(page).allowed).toBe(false);
    for (const other of [
      'http://127.0.0.1:4781/_browser/jira',
      'http://127.0.0.1/_browser/jira',
      'http://localhost:4780/_browser/jira',
      'http://127.0.0.1:4780@evil.example/_browser/jira',
      'http://user:word@127.0.0.1:4780/_browser/jira',
      'http://127.0.0.1.evil.example:4780/_browser/jira',
      'http://evil.example/_browser/jira?http://127.0.0.1:4780/_browser/',
      `${SANDBOX}/_sandbox/fault`,
      `${SANDBOX}/_browser/../_sandbox/fault`,
      `${SANDBOX}/_browser`,
    ])
      expect(judgeConsent(other, SANDBOX), other).toMatchObject({ allowed: false });
  });
});

/** Chromium's own names, from Electron's documentation and its source. */
const PERMISSIONS = [
  'clipboard-read',
  'clipboard-sanitized-write',
  'display-capture',
  'fullscreen',
  'geolocation',
  'idle-detection',
  'media',
  'mediaKeySystem',
  'midi',
  'midiSysex',
  'notifications',
  'pointerLock',
  'keyboardLock',
  'openExternal',
  'speaker-selection',
  'storage-access',
  'top-level-storage-access',
  'window-management',
  'unknown',
  'fileSystem',
  'hid',
  'serial',
  'usb',
  'bluetooth',
  'background-sync',
  'accessibility-events',
  'payment-handler',
  'persistent-storage',
  'sensors',
  'deprecated-sync-clipboard-read',
  '__proto__',
  'constructor',
];
const ORIGINS = ['app://console/', 'https://evil.example/', 'app://console.evil/', 'about:blank'];

test('SH-03: of 30 permissions for 4 origins, copying text and notices of our own page are all that is given', () => {
  expect(PERMISSIONS.length).toBeGreaterThanOrEqual(30);
  const given = ORIGINS.flatMap(origin =>
    PERMISSIONS.filter(permission => mayHave(permission, origin)).map(permission => `${permission} to ${origin}`),
  );
  expect(given).toEqual(['clipboard-sanitized-write to app://console/', 'notifications to app://console/']);
});

test('SH-04: the policy forbids everything first, then allows only our own files, and never inline or evaluated script, nor inline styles', () => {
  const policy = new Map(
    CSP.split('; ').map(rule => {
      const [name = '', ...sources] = rule.split(' ');
      return [name, sources] as const;
    }),
  );
  expect(policy.get('default-src')).toEqual(["'none'"]);
  for (const own of ['script-src', 'style-src', 'font-src']) expect(policy.get(own), own).toEqual(["'self'"]);
  for (const none of ['connect-src', 'object-src', 'base-uri', 'form-action', 'frame-ancestors'])
    expect(policy.get(none), none).toEqual(["'none'"]);
  expect(policy.get('require-trusted-types-for')).toEqual(["'script'"]);
  expect(CSP).not.toMatch(/unsafe-inline|unsafe-eval|wasm-unsafe-eval|https?:|ws:|\*/);
  expect(policy.get('img-src')).toEqual(["'self'", 'data:', 'blob:']);
  for (const wide of ['frame-src', 'worker-src', 'child-src', 'media-src', 'manifest-src'])
    expect(policy.has(wide), `${wide} falls back to none`).toBe(false);
});

/** Ways out of the packaged folder, and ways to see what is in it. */
const PATHS = [
  'app://console/',
  'app://console',
  'app://console/assets',
  'app://console/assets/',
  'app://console/../package.json',
  'app://console/..%2fpackage.json',
  'app://console/..%2Fpackage.json',
  'app://console/%2e%2e/package.json',
  'app://console/%2e%2e%2fpackage.json',
  'app://console/..%5cpackage.json',
  'app://console/..\\package.json',
  'app://console/assets/../../package.json',
  'app://console/assets/..%2f..%2fpackage.json',
  'app://console/assets/%2e%2e/%2e%2e/main/index.js',
  'app://console/assets/..',
  'app://console/assets/..js',
  'app://console/assets/.js',
  'app://console/assets/.env',
  'app://console/assets/...js',
  'app://console/assets/a..js',
  'app://console/assets/a/b.js',
  'app://console/assets//a.js',
  'app://console//assets/a.js',
  'app://console/./assets/./',
  'app://console/assets/a.js/',
  'app://console/assets/a.js%00',
  'app://console/assets/a%00.js',
  'app://console/assets/a.js%20',
  'app://console/assets/a.js.',
  'app://console/assets/a.js::$DATA',
  'app://console/assets/a%2ejs',
  'app://console/assets/%61.js',
  'app://console/assets/a\\b.js',
  'app://console/assets/CON',
  'app://console/assets/nul.txt',
  'app://console/assets/a.exe',
  'app://console/assets/a.map',
  'app://console/assets/a.html.exe',
  'app://console/assets/a.node',
  'app://console/assets/a.asar',
  'app://console/assets/a;b.js',
  'app://console/assets/a b.js',
  'app://console/assets/ä.js',
  'app://console/index.htm',
  'app://console/INDEX.HTML',
  'app://console/index.html/',
  'app://console/index.html%00',
  'app://console/main/index.js',
  'app://console/preload/index.cjs',
  'app://console/package.json',
  'app://console/etc/passwd',
  'app://console//etc/passwd',
  'app://console/C:/Windows/win.ini',
  'app://console/%5c%5cevil%5cshare',
  'app://console.evil/index.html',
  'app://user@console/index.html',
  'app://console:1/index.html',
  'file:///index.html',
  'https://console/index.html',
  `app://console/assets/${'a'.repeat(400)}.js`,
  'index.html',
  '',
];

describe('files of the page', () => {
  test.each(PATHS.map(url => [url.slice(0, 60), url] as const))('SH-11: %j is not served', (_shown, url) => {
    expect(packagedFile(url)).toBeNull();
  });

  test('SH-11: the corpus has at least 50 forms, and what the build makes is served with its type', () => {
    expect(new Set(PATHS).size).toBeGreaterThanOrEqual(50);
    expect(packagedFile('app://console/index.html')).toEqual({ path: 'index.html', type: 'text/html; charset=utf-8' });
    expect(packagedFile('app://console/assets/index-Bp8GtIbs.js#x')).toEqual({
      path: 'assets/index-Bp8GtIbs.js',
      type: 'text/javascript; charset=utf-8',
    });
    expect(packagedFile('app://console/assets/ibm-plex-sans-latin_1.woff2?v=1')?.type).toBe('font/woff2');
  });
});

/** What a web page, another program or a shortcut could put after `astrix:` (P-9). */
const BAD_DEEP_LINKS = [
  '',
  'astrix:',
  'astrix://',
  'astrix:///',
  'astrix://client',
  'astrix://client/',
  `astrix://client/${id}/`,
  `astrix://client//${id}`,
  `astrix:client/${id}`,
  `astrix:/client/${id}`,
  `astrix:///client/${id}`,
  `ASTRIX://client/${id}`,
  `astrix://CLIENT/${id}`,
  `astrix://client/${id.toUpperCase()}`,
  `astrix://clients/${id}`,
  `astrix://client/${id}?x=1`,
  `astrix://client/${id}#x`,
  `astrix://client/${id}\n`,
  `\nastrix://client/${id}`,
  ` astrix://client/${id}`,
  `astrix://client/${id} `,
  `astrix://client/${id}\u0000`,
  `astrix://client/${id}%00`,
  `astrix://client/${id}%0a`,
  `astrix://client/${id} --inspect`,
  `astrix://client/${id}" --inspect "`,
  `astrix://client/${id}' --gpu-launcher=calc '`,
  `astrix://client/${id}&calc`,
  `astrix://client/${id};calc`,
  `astrix://client/${id}|calc`,
  `astrix://client/$(calc)`,
  'astrix://client/`calc`',
  'astrix://client/%PATH%',
  'astrix://client/--inspect=0.0.0.0',
  'astrix://client/-1',
  'astrix://client/1',
  'astrix://client/null',
  'astrix://client/../../etc/passwd',
  'astrix://client/..%2f..%2fetc%2fpasswd',
  'astrix://client/%2e%2e',
  `astrix://client/%30${id.slice(1)}`,
  `astrix://client/%2530${id.slice(1)}`,
  `astrix://client/{${id}}`,
  `astrix://client/${id.replaceAll('-', '')}`,
  `astrix://client/${id}${id}`,
  `astrix://client/${id}/${other}`,
  `astrix://client/${id}/delete`,
  `astrix://client/${id.slice(0, -1)}`,
  `astrix://client/${id}0`,
  `astrix://client/${id.replace('0', 'g')}`,
  `astrix://client/${id.replace('0', 'о')}`,
  `astrix://client/${id.replace('0', '０')}`,
  `astrix://user@client/${id}`,
  `astrix://user:pw@client/${id}`,
  `astrix://client:80/${id}`,
  `astrix://client@evil/${id}`,
  `astrix://evil/client/${id}`,
  `astrix://evil.example/${id}`,
  `astrix://conversation/${id}`,
  `astrix://conversation/${id}/`,
  `astrix://conversation//${other}`,
  `astrix://conversation/${id}//${other}`,
  `astrix://conversation/${id}/${other}/`,
  `astrix://conversation/${id}/${other}/reply`,
  `astrix://conversation/${id}/${other}?text=hello`,
  `astrix://conversation/${id}\\${other}`,
  `astrix://conversation/${id}%2f${other}`,
  `astrix://conversations/${id}/${other}`,
  `astrix://open?url=https://evil.example`,
  `astrix://open/https://evil.example`,
  `astrix://run/calc`,
  `astrix://token/astrix-refresh-abc`,
  `astrix://login?token=abc`,
  `astrix://callback?code=abc&state=def`,
  `astrix://settings`,
  `astrix://quit`,
  `astrix://signout`,
  `astrix://reply/${id}/${other}/hello`,
  `astrix://reveal/${id}`,
  `astrix://javascript:alert(1)`,
  `astrix://file:///etc/passwd`,
  `astrix://\\\\evil\\share`,
  `astrix://client/https://evil.example/`,
  `astrix-evil://client/${id}`,
  `astrixx://client/${id}`,
  `xastrix://client/${id}`,
  `https://astrix.in/client/${id}`,
  `javascript:astrix://client/${id}`,
  `app://console/client/${id}`,
  `file:///astrix/client/${id}`,
  '__proto__',
  'astrix://__proto__/x',
  'astrix://constructor/x',
  `astrix://client/${'0'.repeat(1_048_576)}`,
  `astrix://conversation/${id}/${'a'.repeat(1_048_576)}`,
];

describe('deep links', () => {
  test.each(BAD_DEEP_LINKS.map(link => [link.slice(0, 80), link] as const))('SH-17: %j is dropped', (_shown, link) => {
    expect(readDeepLink(link)).toBeNull();
  });

  test('SH-17: the corpus has at least 90 links, and the two verbs carry ids and nothing else', () => {
    expect(new Set(BAD_DEEP_LINKS).size).toBeGreaterThanOrEqual(90);
    expect(readDeepLink(`astrix://client/${id}`)).toEqual({ to: 'client', clientId: id });
    expect(readDeepLink(`astrix://conversation/${id}/${other}`)).toEqual({
      to: 'screen',
      screen: 'inbox',
      clientId: id,
      at: other,
    });
  });

  const link = `astrix://client/${id}`;
  const HOSTILE_ARGV: readonly (readonly string[])[] = [
    [],
    ['astrix'],
    [link, '--inspect=0.0.0.0:9229'],
    [link, '--load-extension=/tmp/evil'],
    [link, '--remote-debugging-port=9222'],
    [link, ''],
    [link, '--'],
    [link, `${link}\n`],
    ['--', link, '--gpu-launcher=calc'],
    ['astrix', `--deep-link=${link}`],
    ['astrix', `"${link}"`],
    ['astrix', `${link} --inspect`],
    ['astrix', `--inspect ${link}`],
  ];
  test.each(HOSTILE_ARGV.map(argv => [argv] as const))('SH-18: nothing is read from %j', argv => {
    expect(deepLinkIn(argv)).toBeNull();
  });

  test('SH-18: only the last argument is a link, whatever stands before it', () => {
    expect(deepLinkIn(['astrix', '--inspect', '--allow-file-access-from-files', link])).toEqual({
      to: 'client',
      clientId: id,
    });
    expect(deepLinkIn(['astrix', `astrix://client/${other}`, link])).toEqual({ to: 'client', clientId: id });
  });
});

describe('AU-02: pages for signing in', () => {
  const HOME = 'https://astrix.lan:8443';
  test.each(['/sign-in?state=x', '/passkey/0.x'])('%s of the agency’s own backend is opened', path => {
    expect(judgeSignIn(`${HOME}${path}`, HOME)).toMatchObject({ allowed: true, url: `${HOME}${path}` });
  });

  test.each([
    'https://astrix.lan/sign-in',
    'https://evil.example/sign-in',
    'http://astrix.lan:8443/sign-in',
    `https://user:password@astrix.lan:8443/sign-in`,
    `${HOME}/v1/me`,
    `${HOME}/sign-in/../v1/me`,
    'javascript:alert(1)',
    'http://localhost:8443/sign-in',
    'not an address',
  ])('%s is not', url => expect(judgeSignIn(url, HOME).allowed).toBe(false));

  test('a backend on this machine has its pages for passkeys at localhost', () => {
    expect(judgeSignIn('http://localhost:4700/passkey/0.x', 'http://127.0.0.1:4700').allowed).toBe(true);
    expect(judgeSignIn('http://localhost:4701/passkey/0.x', 'http://127.0.0.1:4700').allowed).toBe(false);
  });
});
