import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

let server: Server | null = null;
afterEach(() => new Promise<void>(resolve => (server ? server.close(() => resolve()) : resolve())));

function start(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/start.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

test('an option with a typing error is named, with those that there are, and no stack', () => {
  const { status, stdout, stderr } = start('--prot', '8');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain("Unknown option '--prot'. What there is:");
  expect(stderr).toContain('--port <n>');
  expect(stderr).not.toMatch(/\n\s+at /);
});

test.each(['port', 'sandbox-port', 'mail-port'])(
  'a port that is taken is named with --%s, before anything starts',
  async name => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { status, stdout, stderr } = start(`--${name}`, String(port));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.trim()).toMatch(new RegExp(`^Port ${port} is taken\\. .*npm start -- --${name} <n>$`));
  },
);

test('two parts cannot have one port', () => {
  expect(start('--port', '4780').stderr).toContain(
    '--port and --sandbox-port must be two different ports; both are 4780.',
  );
});

test.each(['http://console.agency.example', 'https://console.agency.example/x', 'localhost:4700'])(
  '%s is no address of a backend',
  url => {
    expect(start('--backend', url).stderr).toContain('--backend must be https://<host>, or http://127.0.0.1:<port>');
  },
);

test.each(['0', '70000', 'x'])('%s is no port', port => {
  expect(start('--port', port).stderr).toContain('--port must be a number from 1 to 65535.');
});
