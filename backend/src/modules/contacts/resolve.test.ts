import { ContactRow } from '@astrix/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../../../testkit/until.ts';
import { createKit, type Kit, type Person, type Written } from '../../../test/kit/index.ts';
import { newId } from '../../kernel/ids.ts';

let kit: Kit;
let agent: Person;
beforeAll(async () => {
  kit = await createKit({ ASTRIX_ROLE: 'all' });
});
beforeEach(async () => {
  agent = await kit.as('agent');
});
afterAll(() => kit.close());

let made = 0;
const newPhone = () => `9198200${String(++made).padStart(5, '0')}`;
const newUserId = () => `IN.${String(++made).padStart(12, '0')}`;
const masked = (phone: string) => `+91 ••••• •${phone.slice(-4)}`;
const contactOf = async ({ contactId }: Written) => {
  const row = await agent.call('contacts.get', { params: { contactId } });
  expect(ContactRow.parse(row)).toEqual(row);
  return row;
};
const seconds = (n: number) => ({ at: new Date(kit.world.clock.now().getTime() + n * 1000) });

/** Where a reply to this message goes: what the provider is asked to send it to. */
async function addressOf(written: Written) {
  const messageId = newId();
  await agent.call('conversations.reply', {
    params: { conversationId: written.conversationId },
    body: {
      messageId,
      text: 'Hello',
      seenInboundId: written.messageId,
      writtenAt: kit.world.clock.now().toISOString(),
    },
  });
  await until(() => kit.provider.received.some(sent => sent.messageId === messageId));
  return kit.provider.received.find(sent => sent.messageId === messageId)!.to;
}

describe('a customer who writes for the first time', () => {
  test('with a phone becomes a contact that shows the last four digits and nothing more', async () => {
    const phone = newPhone();
    const contact = await contactOf(await kit.customer({ phone, name: 'Asha Rao' }).writes('Hello'));
    const at = kit.world.clock.now();
    expect(contact).toMatchObject({
      clientId: agent.clientId,
      name: 'Asha Rao',
      phoneMasked: masked(phone),
      hasPhone: true,
      handle: null,
      optedOutAt: null,
      firstSeenAt: at.toISOString(),
      lastSeenAt: at.toISOString(),
      expiresAt: new Date(at.getTime() + 30 * 86_400_000).toISOString(),
    });
    expect(JSON.stringify(contact)).not.toContain(phone.slice(2, 8));
  });

  test.each([
    ['a number of ten digits', '9820012345', '••••• •2345'],
    ['a number of another country', '14155550123', '••••• •0123'],
  ])('with %s shows no country', async (_what, phone, shown) => {
    expect((await contactOf(await kit.customer({ phone }).writes('Hello'))).phoneMasked).toBe(shown);
  });

  test('without a phone shows the id that the provider gives', async () => {
    const userId = newUserId();
    const contact = await contactOf(await kit.customer({ phone: null, userId }).writes('Hello'));
    expect(contact).toMatchObject({ phoneMasked: null, hasPhone: false, handle: userId });
  });

  test('without a name is shown by the number, and without a number as a customer of the provider', async () => {
    const phone = newPhone();
    const shown = async (written: Written) =>
      (await agent.call('conversations.get', { params: { conversationId: written.conversationId } })).contactName;
    expect(await shown(await kit.customer({ phone, name: '' }).writes('Hello'))).toBe(masked(phone));
    const hidden = kit.customer({ phone: null, userId: newUserId(), name: '' });
    expect(await shown(await hidden.writes('Hello'))).toBe('WhatsApp customer');
  });
});

describe('a customer who is known', () => {
  test('is the same contact by the phone, by the id, and by both', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    const both = await kit.customer({ phone, userId }).writes('with both');
    const byId = await kit.customer({ phone: null, userId }).writes('with the id alone');
    const byPhone = await kit.customer({ phone }).writes('with the phone alone');
    expect([byId.contactId, byPhone.contactId]).toEqual([both.contactId, both.contactId]);
    expect(byId.conversationId).toBe(both.conversationId);
    expect(await contactOf(both)).toMatchObject({ hasPhone: true, phoneMasked: masked(phone), handle: null });
  });

  test('by the id alone gets a phone as soon as one is shown, and is then found by it', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    const hidden = await kit.customer({ phone: null, userId }).writes('Hello');
    expect((await contactOf(hidden)).hasPhone).toBe(false);
    await kit.customer({ phone, userId }).writes('Here is my number');
    expect(await contactOf(hidden)).toMatchObject({ hasPhone: true, phoneMasked: masked(phone), handle: null });
    expect((await kit.customer({ phone }).writes('Hello')).contactId).toBe(hidden.contactId);
  });

  test('ME-01: with the same phone at another client is another contact', async () => {
    const phone = newPhone();
    const here = await kit.customer({ phone }).writes('Hello');
    const there = await kit.customer({ phone, client: 1 }).writes('Hello');
    const elsewhere = await kit.customer({ phone, agency: 1 }).writes('Hello');
    expect(new Set([here.contactId, there.contactId, elsewhere.contactId]).size).toBe(3);
  });

  test('has the newest name, the earliest beginning and the latest end, whatever order messages arrive in', async () => {
    const asha = kit.customer({ name: 'Asha' });
    const now = kit.world.clock.now();
    const first = await asha.writes('Hello', { ...seconds(-60), name: 'Asha' });
    await asha.writes('Hello', { ...seconds(-10), name: 'Asha Rao' });
    await asha.writes('an old one', { ...seconds(-120), name: 'A' });
    expect(await contactOf(first)).toMatchObject({
      name: 'Asha Rao',
      firstSeenAt: seconds(-120).at.toISOString(),
      lastSeenAt: seconds(-10).at.toISOString(),
      expiresAt: new Date(now.getTime() - 10_000 + 30 * 86_400_000).toISOString(),
    });
  });

  test('keeps the name when a message comes without one, and gets one that was missing', async () => {
    const asha = kit.customer({ name: '' });
    const first = await asha.writes('Hello');
    expect((await contactOf(first)).name).toBeNull();
    await asha.writes('an old one', { ...seconds(-60), name: 'Asha' });
    expect((await contactOf(first)).name).toBe('Asha');
    await asha.writes('Hello', { ...seconds(1), name: '' });
    expect((await contactOf(first)).name).toBe('Asha');
  });
});

describe('two contacts that turn out to share an id', () => {
  test('ME-01: stay two: the id of the provider says who it is, and the phone stays with whom it was first', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    const byPhone = await kit.customer({ phone }).writes('Hello');
    const byId = await kit.customer({ phone: null, userId }).writes('Hello');
    const both = await kit.customer({ phone, userId }).writes('I am both');
    expect(both.contactId).toBe(byId.contactId);
    expect((await kit.customer({ phone }).writes('Hello')).contactId).toBe(byPhone.contactId);
    expect((await kit.customer({ phone: null, userId }).writes('Hello')).contactId).toBe(byId.contactId);
  });

  test('a phone that comes with an id that is not known leads to the contact that has the phone, and so does the id from then on', async () => {
    const [phone, before, after] = [newPhone(), newUserId(), newUserId()];
    const first = await kit.customer({ phone, userId: before }).writes('Hello');
    expect((await kit.customer({ phone, userId: after }).writes('Hello')).contactId).toBe(first.contactId);
    for (const userId of [before, after])
      expect((await kit.customer({ phone: null, userId }).writes('Hello')).contactId).toBe(first.contactId);
  });
});

describe('a customer whose ids change', () => {
  test('ME-01: a new number leads to the same contact and is where replies go; the old number still leads there', async () => {
    const [was, is] = [newPhone(), newPhone()];
    const asha = kit.customer({ phone: was });
    const first = await asha.writes('Hello');
    expect(await addressOf(first)).toMatchObject({ phone: was });
    await asha.moves({ phone: is }, seconds(1));
    expect(await contactOf(first)).toMatchObject({ hasPhone: true, phoneMasked: masked(is), handle: null });
    kit.world.clock.advance(2);
    const second = await kit.customer({ phone: is }).writes('From my new number');
    expect([second.contactId, second.conversationId]).toEqual([first.contactId, first.conversationId]);
    expect(await addressOf(second)).toMatchObject({ phone: is });
    expect((await kit.customer({ phone: was }).writes('Hello')).contactId).toBe(first.contactId);
  });

  test('a new id of a customer without a phone is the handle, and where replies go', async () => {
    const [was, is] = [newUserId(), newUserId()];
    const asha = kit.customer({ phone: null, userId: was });
    const first = await asha.writes('Hello');
    await asha.moves({ userId: is }, seconds(1));
    expect(await contactOf(first)).toMatchObject({ hasPhone: false, handle: is });
    const second = await kit.customer({ phone: null, userId: is }).writes('Hello', seconds(2));
    expect(second.contactId).toBe(first.contactId);
    expect(Object.values(await addressOf(second))).toContain(is);
  });

  test('ME-01: a number that another contact has stays with that contact', async () => {
    const [mine, theirs] = [newPhone(), newPhone()];
    const asha = kit.customer({ phone: mine });
    const [first, other] = [await asha.writes('Hello'), await kit.customer({ phone: theirs }).writes('Hello')];
    await asha.moves({ phone: theirs }, seconds(1));
    expect((await kit.customer({ phone: theirs }).writes('Hello', seconds(2))).contactId).toBe(other.contactId);
    expect(await contactOf(first)).toMatchObject({ phoneMasked: masked(mine) });
  });

  test('ME-01: what changes at one client changes nothing at another', async () => {
    const [was, is] = [newPhone(), newPhone()];
    const here = kit.customer({ phone: was });
    await here.writes('Hello');
    const there = await kit.customer({ phone: was, client: 1 }).writes('Hello');
    await here.moves({ phone: is }, seconds(1));
    const atOther = await kit.as('agent', { client: 1 });
    const contact = await atOther.call('contacts.get', { params: { contactId: there.contactId } });
    expect(contact.phoneMasked).toBe(masked(was));
    expect((await kit.customer({ phone: is, client: 1 }).writes('Hello')).contactId).not.toBe(there.contactId);
  });
});
