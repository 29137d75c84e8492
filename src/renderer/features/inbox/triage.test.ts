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
const { bulkTriage, triageOf } = await import('./triage.ts');

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

test('a change of several conversations has one undo, which brings back what each of them was', async () => {
  const all = [
    { ...conversation, id: 'k1' },
    { ...conversation, id: 'k2', status: 'snoozed', snoozedUntil: SNOOZED },
    { ...conversation, id: 'k3' },
  ] as ConversationView[];
  answer = async () => (made.at(-1)?.args.conversationId === 'k3' ? Promise.reject(new Error('disk full')) : undefined);
  await bulkTriage(
    all,
    () => 'Asha',
    () => left.push('left'),
  ).close();
  expect(made.map(({ args }) => args.conversationId)).toEqual(['k1', 'k2', 'k3']);
  expect([left, undos.length]).toEqual([['left'], 1]);
  made.length = 0;
  undos[0]?.();
  await settled();
  expect(made.map(({ args }) => args)).toEqual([
    { clientId: 'c', conversationId: 'k1', status: 'open' },
    { clientId: 'c', conversationId: 'k2', until: SNOOZED },
  ]);
});

test('undo of a tag on several conversations leaves it where it was before', async () => {
  const all = [
    { ...conversation, id: 'k1', tags: ['vip'] },
    { ...conversation, id: 'k2', tags: [] },
  ] as unknown as ConversationView[];
  await bulkTriage(
    all,
    () => 'Asha',
    () => undefined,
  ).tags(['vip'], []);
  made.length = 0;
  undos[0]?.();
  expect(made.map(({ args }) => args)).toMatchObject([
    { conversationId: 'k1', remove: [] },
    { conversationId: 'k2', remove: ['vip'] },
  ]);
});
