import { AgencySettingsFields, DEFAULT_AGENCY_SETTINGS } from '@astrix/contract';
import { expect, test } from 'vitest';
import { BOUNDS, faultsBefore, formOf, isChanged, settingsOf } from './form.ts';

const form = formOf(DEFAULT_AGENCY_SETTINGS);

test('a form that nobody touched is what was kept', () => {
  expect(settingsOf(form)).toEqual(DEFAULT_AGENCY_SETTINGS);
  expect(isChanged(form, DEFAULT_AGENCY_SETTINGS)).toBe(false);
  expect(isChanged({ ...form, platforms: form.platforms.toReversed() }, DEFAULT_AGENCY_SETTINGS)).toBe(false);
  expect(isChanged({ ...form, devicesPerPerson: '2' }, DEFAULT_AGENCY_SETTINGS)).toBe(true);
});

test.each(Object.entries(BOUNDS))('%s has the bounds of the contract', (name, [least, most]) => {
  const accepted = (value: number) =>
    AgencySettingsFields.safeParse({ ...DEFAULT_AGENCY_SETTINGS, [name]: value }).success;
  expect([least - 1, least, most, most + 1].map(accepted)).toEqual([false, true, true, false]);
  expect(faultsBefore({ ...form, [name]: String(most + 1) })[name]).toContain(`from ${least} to ${most}`);
});

test('what is no whole number is told, and no number of devices means any number', () => {
  for (const typed of ['', '1.5', 'two', '-1'])
    expect(faultsBefore({ ...form, sessionLifeDays: typed })).toHaveProperty('sessionLifeDays');
  expect(faultsBefore({ ...form, devicesPerPerson: ' ' })).toEqual({});
  expect(settingsOf({ ...form, devicesPerPerson: ' ' }).devicesPerPerson).toBeNull();
  expect(faultsBefore({ ...form, platforms: [] })).toHaveProperty('platforms');
});
