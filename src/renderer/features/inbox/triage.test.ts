import '../../testkit/fake-window.ts';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ConversationView } from '../../../shared/ipc.ts';

const made: { name: string; args: Record<string, unknown> }[] = [];
let answer: () => Promise<unknown>;
vi.mock('../../lib/write.ts', () => ({
  write: (name: string, args: Record<string, unknown>) => {
    made.push({ name, args });
    return answer();
  },
}));
const undos: (() => void)[] = [];
vi.mock('../../ui/toast.tsx', () => ({
  toast: (_text: string, undo: (() => void) | null) => undo && undos.push(undo),
  complain: () => undefined,
}));
const { triageOf } = await import('./triage.ts');

const SNOOZED = '2026-11-21T03:30:00.000Z';
const conversation = { id: 'k', clientId: 'c', status: 'open', snoozedUntil: null, assigneeId: 'asha', tags: ['vip'] };
const left: string[] = [];
const triage = (change: object = {}) =>
  triageOf(
    { ...conversation, ...change } as ConversationView,
    () => 'Asha',
    () => {
      left.push('asked');
      return isKept => void left.push(isKept ? 'next' : 'stays');
    },
  );
/** After every promise that is already resolved. */
const settled = () => new Promise(resolve => setTimeout(resolve, 0));
const lastUndo = async () => {
  await settled();
  undos.at(-1)?.();
  return made.at(-1);
};
beforeEach(() => {
  made.length = undos.length = left.length = 0;
  answer = async () => undefined;
});

test.each([
  ['close', (one: ReturnType<typeof triage>) => one.setStatus('closed')],
  ['snooze', (one: ReturnType<typeof triage>) => one.snooze(new Date(SNOOZED))],
])('%s goes on to the next conversation once it is kept', async (_what, act) => {
  act(triage());
  expect(left).toEqual(['asked']);
  await settled();
  expect(left).toEqual(['asked', 'next']);
});

test('a change that could not be kept stays on the conversation', async () => {
  answer = async () => Promise.reject(new Error('disk full'));
  triage().setStatus('closed');
  await settled();
  expect(left).toEqual(['asked', 'stays']);
});

test.each([
  ['reopening', (one: ReturnType<typeof triage>) => one.setStatus('open')],
  ['removing the snooze', (one: ReturnType<typeof triage>) => one.snooze(null)],
  ['assigning', (one: ReturnType<typeof triage>) => one.assign(null)],
  ['tagging', (one: ReturnType<typeof triage>) => one.tags(['refund'], [])],
])('%s stays on the conversation', async (_what, act) => {
  act(triage());
  await settled();
  expect(left).toEqual([]);
});

test.each([
  ['closing', {}, (one: ReturnType<typeof triage>) => one.setStatus('closed'), { status: 'open' }],
  [
    'closing a snoozed one',
    { status: 'snoozed', snoozedUntil: SNOOZED },
    (one: ReturnType<typeof triage>) => one.setStatus('closed'),
    { until: SNOOZED },
  ],
  ['snoozing', {}, (one: ReturnType<typeof triage>) => one.snooze(new Date(SNOOZED)), { status: 'open' }],
  [
    'removing a snooze',
    { status: 'snoozed', snoozedUntil: SNOOZED },
    (one: ReturnType<typeof triage>) => one.snooze(null),
    { until: SNOOZED },
  ],
  ['assigning', {}, (one: ReturnType<typeof triage>) => one.assign(null), { personId: 'asha' }],
  ['tagging', {}, (one: ReturnType<typeof triage>) => one.tags(['refund'], []), { add: [], remove: ['refund'] }],
])('undo of %s brings back what was', async (_what, was, act, restored) => {
  act(triage(was));
  expect((await lastUndo())?.args).toMatchObject({ clientId: 'c', conversationId: 'k', ...restored });
});
