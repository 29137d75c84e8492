import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FIRST_BACKEND } from '../environment.ts';
import { openRemembered, readPackaged } from './remembered.ts';

const ADDRESS = 'https://console.agency.example';
let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'astrix-backend-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));
const file = () => join(place, 'backend.json');

test('the address is there again at the next start, in a file of this user alone', () => {
  openRemembered(place).set(ADDRESS);
  expect(openRemembered(place).get()).toBe(ADDRESS);
  if (process.platform !== 'win32') expect(statSync(file()).mode & 0o077).toBe(0);
});

test('nothing is remembered on a new computer, and a console from before goes on with the first backend', () => {
  expect(openRemembered(place).get()).toBeNull();
  mkdirSync(join(place, 'cache'));
  expect(openRemembered(place).get()).toBe(FIRST_BACKEND);
  openRemembered(place).set(ADDRESS);
  expect(openRemembered(place).get()).toBe(ADDRESS);
});

test.each([
  '',
  '{',
  '{"address":"http://evil.example"}',
  '{"address":"https://a@evil.example"}',
  '{"address":"https://x/y"}',
])('SH-01: %j is kept beside, and the person is asked again', text => {
  writeFileSync(file(), text);
  expect(openRemembered(place).get()).toBeNull();
  expect(existsSync(`${file()}.unreadable`)).toBe(true);
  expect(openRemembered(place).get()).toBeNull();
});

test('the package may name its backend and keep everybody there', () => {
  expect(readPackaged(file())).toBeNull();
  writeFileSync(file(), JSON.stringify({ address: ADDRESS }));
  expect(readPackaged(file())).toEqual({ address: ADDRESS, canChange: true });
  writeFileSync(file(), JSON.stringify({ address: ADDRESS, canChange: false }));
  expect(readPackaged(file())).toEqual({ address: ADDRESS, canChange: false });
  for (const wrong of ['{"address":"http://a.example"}', '{"adress":"https://a.example"}', '[]']) {
    writeFileSync(file(), wrong);
    expect(() => readPackaged(file())).toThrow(/backend\.json must be/);
  }
});
