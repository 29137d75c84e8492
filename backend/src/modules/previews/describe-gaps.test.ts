import { expect, test } from 'vitest';
import { describeGaps } from './describe-gaps.ts';

test('rows are counted by the reason for which they are left out, in words with the name of the provider', () => {
  const gaps = describeGaps('Jira', {
    unreadable: [{ key: '1' }, { key: null }, { key: '2', why: 'id-twice' }],
    rejected: [
      { key: '3', reason: 'shape' },
      { key: '4', reason: 'time' },
    ],
    missing: [
      { rows: 2, why: 'Jira does not give a due date.' },
      { rows: 1, why: 'Jira does not give a due date.' },
      { rows: 0, why: 'Nothing.' },
    ],
  });
  expect(gaps).toEqual([
    { kind: 'row-left-out', rows: 3, why: 'Jira sent them in a form that it does not document.' },
    {
      kind: 'row-left-out',
      rows: 1,
      why: 'Jira sent them twice with different content, and nobody can tell which is right.',
    },
    { kind: 'row-left-out', rows: 1, why: 'They are dated before the year 2000, or in the future.' },
    { kind: 'value-missing', rows: 3, why: 'Jira does not give a due date.' },
  ]);
});

test('nothing left out is nothing to say', () => {
  expect(describeGaps('Jira', { unreadable: [], rejected: [], missing: [] })).toEqual([]);
});
