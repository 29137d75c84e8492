import { expect, test } from 'vitest';
import { openingWords } from './opening.ts';

const day = [{ from: '10:00', to: '19:00' }];
const hours = { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: [] };
const at = (date: string, time: string) => new Date(`${date}T${time}:00+05:30`);
const says = (now: Date, holidays: { date: string; name: string }[] = []) => openingWords({ hours, holidays }, now);

// 5 December 2026 is a Saturday.
test('says when a client closes, and when it opens', () => {
  expect(says(at('2026-12-05', '12:00'))).toEqual({ open: true, says: 'Open until 7:00 pm' });
  expect(says(at('2026-12-05', '09:00'))).toEqual({ open: false, says: 'Closed now · opens 10:00 am' });
  expect(says(at('2026-12-05', '20:00'))).toEqual({ open: false, says: 'Closed now · opens Mon 10:00 am' });
});

test('names the holiday', () => {
  expect(says(at('2026-12-05', '12:00'), [{ date: '2026-12-05', name: 'दीपावली' }])?.says).toBe(
    'Closed today, दीपावली · opens Mon 10:00 am',
  );
});

test('says nothing while nobody has chosen hours, and tells hours that never open', () => {
  expect(openingWords({ hours: null, holidays: [] }, at('2026-12-05', '12:00'))).toBeNull();
  const never = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
  expect(openingWords({ hours: never, holidays: [] }, at('2026-12-05', '12:00'))?.says).toMatch(/no opening/);
});
