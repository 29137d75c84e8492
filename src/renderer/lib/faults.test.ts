import '../testkit/fake-window.ts';
import { expect, test } from 'vitest';

const { BridgeError } = await import('./bridge.ts');
const { faultsOf } = await import('./faults.ts');

const error = (more: object) =>
  new BridgeError({
    ...{ code: 'refused', reason: 'Some fields are not valid', next: 'Correct them.', serverCode: 'invalid_request' },
    ...{ reference: null, retryAfterSeconds: null, fields: [] },
    ...more,
  });

test('a fault stands beside the field of which it is', () => {
  const fields = [
    { path: 'contacts.0.email', message: 'must be an address' },
    { path: 'contacts.1.email', message: 'must be another' },
    { path: 'name', message: 'must not be empty' },
  ];
  expect(faultsOf(error({ fields }), ['name', 'contacts'])).toEqual({
    fields: { contacts: 'Must be an address.', name: 'Must not be empty.' },
    form: null,
  });
});

test('a refusal of the server stands beside the field to which it belongs', () => {
  const refused = error({ serverCode: 'client_name_taken', reason: 'This name is taken', next: 'Choose another' });
  expect(faultsOf(refused, ['name'], { client_name_taken: 'name' })).toEqual({
    fields: { name: 'This name is taken. Choose another.' },
    form: null,
  });
});

test('what belongs to no field is told for the whole form', () => {
  const said = 'Some fields are not valid. Correct them.';
  expect(faultsOf(error({ fields: [{ path: 'secret', message: 'x' }] }), ['name'])).toEqual({ fields: {}, form: said });
  expect(faultsOf(error({}), ['name']).form).toBe(said);
  expect(faultsOf(new TypeError('x'), ['name']).form).toMatch(/went wrong/);
});
