import { describe, expect, test } from 'vitest';
import { CLIENT_MARKS, type ClientMark, freeMark } from './marks.ts';

const keyOf = ({ hue, shade, shape }: ClientMark) => `${hue} ${shade} ${shape}`;

describe('the mark of a new client', () => {
  test('each mark is in the list once', () => {
    expect(new Set(CLIENT_MARKS.map(keyOf)).size).toBe(CLIENT_MARKS.length);
  });

  test('is of the wanted hue while one is free, and of another hue afterwards', () => {
    const ofTeal = CLIENT_MARKS.filter(({ hue }) => hue === 'teal').length;
    const taken: (ClientMark & { initials: string })[] = [];
    for (let n = 0; n < CLIENT_MARKS.length; n++) taken.push({ ...freeMark(taken, `${n}`, 'teal')!, initials: `${n}` });
    expect(taken.findIndex(({ hue }) => hue !== 'teal')).toBe(ofTeal);
    expect(new Set(taken.map(keyOf)).size).toBe(CLIENT_MARKS.length);
  });

  test('of two hundred clients no two have the same mark and the same initials', () => {
    const taken: (ClientMark & { initials: string })[] = [];
    for (let n = 0; n < 200; n++) {
      const initials = ['CK', 'IL', 'VN', 'KA'][n % 4]!;
      taken.push({ ...freeMark(taken, initials)!, initials });
    }
    expect(new Set(taken.map(one => `${keyOf(one)} ${one.initials}`)).size).toBe(200);
  });

  test('is null when every mark is taken under these initials', () => {
    const taken = CLIENT_MARKS.map(mark => ({ ...mark, initials: 'CK' }));
    expect(freeMark(taken, 'CK')).toBeNull();
    expect(freeMark(taken, 'CL', 'rose')).toMatchObject({ hue: 'rose' });
  });
});
