import '../testkit/fake-window.ts';
import { expect, test, vi } from 'vitest';

const { BridgeError } = await import('./bridge.ts');
const { useStepUp, withStepUp } = await import('./step-up.ts');

const needed = () =>
  new BridgeError({
    ...{ code: 'refused', reason: 'Confirm that it is you', next: 'Type a code.', serverCode: 'step_up_needed' },
    ...{ reference: null, retryAfterSeconds: null, fields: [] },
  });
/** A request that is refused until the person has proved who they are. */
function request(answer: string) {
  const made = { times: 0, run: async () => (++made.times === 1 ? Promise.reject(needed()) : answer) };
  return made;
}
const asked = () => useStepUp.getState().answer;

test('AU-12: a request that needs a proof asks once and is made again', async () => {
  const [invite, suspend] = [request('invited'), request('suspended')];
  const both = Promise.all([withStepUp(invite.run), withStepUp(suspend.run)]);
  await vi.waitUntil(asked);
  asked()?.(true);
  expect(await both).toEqual(['invited', 'suspended']);
  expect([invite.times, suspend.times]).toEqual([2, 2]);
  expect(asked()).toBeNull();
});

test('AU-12: without a proof the request is not made again, and says so', async () => {
  const invite = request('invited');
  const made = withStepUp(invite.run);
  await vi.waitUntil(asked);
  asked()?.(false);
  await expect(made).rejects.toMatchObject({ error: { reason: 'Nothing was changed.' } });
  expect(invite.times).toBe(1);
  expect(asked()).toBeNull();
});

test('AU-12: another refusal asks nothing', async () => {
  const refused = async () => Promise.reject(new TypeError('offline'));
  await expect(withStepUp(refused)).rejects.toThrow('offline');
  expect(asked()).toBeNull();
});
