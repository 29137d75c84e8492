import { expect, test } from 'vitest';
import { dataFolderFor, FIRST_BACKEND, readEnvironment } from './environment.ts';

const url = (ASTRIX_BACKEND_URL: string) => readEnvironment({ ASTRIX_BACKEND_URL }).backendUrl;

test('SH-01: without a word of the environment the person decides', () => {
  expect(readEnvironment({})).toEqual({
    userData: undefined,
    backendUrl: null,
    demo: false,
    sandboxUrl: null,
  });
});

test.each(['https://api.example.in', 'https://api.example.in:8443', 'http://127.0.0.1:8080'])(
  'SH-01: %s may be talked to',
  address => {
    expect(url(address)).toBe(address);
  },
);

test.each([
  'http://api.example.in',
  'http://localhost:8080',
  'http://127.0.0.1',
  'http://127.0.0.1:80@evil.example',
  'http://127.0.0.1.evil.example:80',
  'https://user:word@api.example.in',
  'https://api.example.in/path',
  'https://api.example.in?x',
  'https://api.example.in\nhttps://evil.example',
  'ftp://api.example.in',
  'ws://127.0.0.1:80',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'api.example.in',
  '',
])('SH-01: a token is never sent to %j, and the sentence names the variable', address => {
  expect(() => url(address)).toThrow(/^ASTRIX_BACKEND_URL must be https:/);
});

test('the demo is asked for in so many words', () => {
  expect(readEnvironment({ ASTRIX_DEMO: '1' }).demo).toBe(true);
  expect(() => readEnvironment({ ASTRIX_DEMO: 'true' })).toThrow(/^ASTRIX_DEMO/);
  expect(() => readEnvironment({ ASTRIX_USER_DATA: '' })).toThrow(/^ASTRIX_USER_DATA/);
});

test('VT-08: the sandbox counts only with the demo, and only on this machine', () => {
  const ASTRIX_SANDBOX_URL = 'http://127.0.0.1:4780';
  expect(readEnvironment({ ASTRIX_SANDBOX_URL, ASTRIX_DEMO: '1' }).sandboxUrl).toBe(ASTRIX_SANDBOX_URL);
  expect(readEnvironment({ ASTRIX_SANDBOX_URL }).sandboxUrl).toBeNull();
  for (const other of ['http://evil.example', 'http://127.0.0.1:80@evil.example', 'http://localhost:80', 'file:///x'])
    expect(() => readEnvironment({ ASTRIX_SANDBOX_URL: other, ASTRIX_DEMO: '1' })).toThrow(/^ASTRIX_SANDBOX_URL must/);
});

test('LC-01, LC-10: each backend has a folder of its own for session, cache and outbox; the first one has the data folder', () => {
  const addresses = [
    'https://api.example.in',
    'https://api.example.in:8443',
    'http://127.0.0.1:4700',
    'https://[::1]',
    'https://[1::]',
    'https://[1::]:8443',
    'https://[1::8443]',
  ];
  const folders = addresses.map(address => dataFolderFor('/data', address));
  expect(new Set([...folders, '/data']).size).toBe(addresses.length + 1);
  for (const folder of folders) expect(folder.replaceAll('\\', '/')).toMatch(/^\/data\/backends\/[a-z0-9._-]+$/);
  expect(dataFolderFor('/data', 'https://API.example.in:443')).toBe(folders[0]);
  expect(dataFolderFor('/data', FIRST_BACKEND)).toBe('/data');
});
