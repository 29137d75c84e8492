import { describe, expect, test } from 'vitest';
import { openingAt } from './hours.ts';
import { NO_PROFILE, ProfileFields, type WorkingHours } from './profile.ts';

const week = (day: WorkingHours['mon'], sunday: WorkingHours['mon'] = []): WorkingHours => ({
  ...{ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day },
  sun: sunday,
});
const TEN_TO_SEVEN = week([{ from: '10:00', to: '19:00' }]);
/** A moment in India; 1 December 2026 is a Tuesday. */
const at = (date: string, time: string) => new Date(`${date}T${time}:00+05:30`);
const opening = (now: Date, hours: WorkingHours | null = TEN_TO_SEVEN, holidays: ProfileFields['holidays'] = []) =>
  openingAt({ hours, holidays }, now);

describe('whether a client is open', () => {
  test('follows the hours of the day in India, to the minute', () => {
    expect(opening(at('2026-12-01', '10:00'))).toEqual({ open: true, until: at('2026-12-01', '19:00') });
    expect(opening(at('2026-12-01', '09:59'))).toEqual({
      open: false,
      opensAt: at('2026-12-01', '10:00'),
      holiday: null,
    });
    expect(opening(at('2026-12-01', '19:00'))).toEqual({
      open: false,
      opensAt: at('2026-12-02', '10:00'),
      holiday: null,
    });
  });

  test('knows the day of India while it is still yesterday in UTC', () => {
    // 00:30 on Monday in India is 19:00 on Sunday in UTC.
    const early = week([{ from: '00:00', to: '01:00' }]);
    expect(opening(at('2026-12-07', '00:30'), early)).toEqual({ open: true, until: at('2026-12-07', '01:00') });
  });

  test('passes over Sunday, holidays and the middle of the day', () => {
    expect(opening(at('2026-12-05', '20:00'))).toMatchObject({ open: false, opensAt: at('2026-12-07', '10:00') });
    const diwali = [{ date: '2026-12-07', name: 'Diwali' }];
    expect(opening(at('2026-12-05', '20:00'), TEN_TO_SEVEN, diwali)).toMatchObject({
      opensAt: at('2026-12-08', '10:00'),
    });
    expect(opening(at('2026-12-07', '12:00'), TEN_TO_SEVEN, diwali)).toMatchObject({ open: false, holiday: 'Diwali' });
    const split = week([
      { from: '10:00', to: '13:00' },
      { from: '14:00', to: '19:00' },
    ]);
    expect(opening(at('2026-12-01', '13:30'), split)).toMatchObject({
      open: false,
      opensAt: at('2026-12-01', '14:00'),
    });
  });

  test('goes through midnight when one day ends at 24:00 and the next begins at 00:00', () => {
    const night = week([
      { from: '00:00', to: '02:00' },
      { from: '18:00', to: '24:00' },
    ]);
    expect(opening(at('2026-12-01', '23:00'), night)).toEqual({ open: true, until: at('2026-12-02', '02:00') });
  });

  test('is always open without hours, and around the clock; it is never open when no day has hours', () => {
    expect(opening(at('2026-12-01', '03:00'), null)).toEqual({ open: true, until: null });
    const always = [{ from: '00:00', to: '24:00' }];
    expect(opening(at('2026-12-01', '03:00'), week(always, always))).toEqual({ open: true, until: null });
    expect(opening(at('2026-12-01', '03:00'), week([]))).toEqual({ open: false, opensAt: null, holiday: null });
  });
});

describe('a profile', () => {
  const parse = (part: object) => ProfileFields.safeParse({ ...NO_PROFILE, ...part });

  test.each([
    ['hours that end before they begin', { hours: week([{ from: '19:00', to: '10:00' }]) }, /later than the opening/],
    ['a time that is none', { hours: week([{ from: '25:00', to: '26:00' }]) }, /must be a time such as 09:30/],
    [
      'hours that overlap',
      {
        hours: week([
          { from: '10:00', to: '13:00' },
          { from: '12:00', to: '19:00' },
        ]),
      },
      /must not overlap/,
    ],
    [
      'a date that stands twice',
      {
        holidays: [
          { date: '2026-11-08', name: 'Diwali' },
          { date: '2026-11-08', name: 'दीपावली' },
        ],
      },
      /each date once/,
    ],
    ['a date that does not exist', { holidays: [{ date: '2026-02-30', name: 'x' }] }, /date/],
    [
      'a number without its country',
      { contacts: [{ name: 'Asha', role: '', email: null, phone: '9876543210' }] },
      /country code/,
    ],
    ['a language that is not offered', { languages: ['klingon'] }, /option/],
  ])('refuses %s, and says why', (_, part, why) => {
    const parsed = parse(part);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.message).toMatch(why);
  });

  test('holds names in every script', () => {
    expect(
      parse({ contacts: [{ name: 'अन्नपूर्णा श्रीवास्तव', role: 'मालिक', email: null, phone: '+919876543210' }] }).success,
    ).toBe(true);
  });
});
