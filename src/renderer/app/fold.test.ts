import { Package } from 'lucide-react';
import { describe, expect, test } from 'vitest';
import { defineOverlay } from '../lib/overlay.ts';
import { defineScreen } from '../lib/screen.ts';
import { defineShortcuts, LIST } from '../lib/shortcuts.ts';
import { fold } from './fold.ts';

const Nothing = () => null;
const base = { label: 'Parcels', icon: Package, Screen: Nothing } as const;
const parcels = defineScreen({ ...base, id: 'parcels', key: 'p', order: 20 });
const inbox = defineScreen({ ...base, id: 'inbox', label: 'Inbox', key: 'i', order: 10, path: '' });
const settings = defineOverlay({
  id: 'settings',
  order: 10,
  shortcut: { keys: 'mod+,', says: 'Settings' },
  palette: { label: 'Settings', icon: null },
  Overlay: Nothing,
});

describe('two declarations that claim the same', () => {
  test('id', () => {
    const twin = defineScreen({ ...base, id: 'parcels', key: 'o', order: 30, path: 'orders' });
    expect(() => fold({ inbox, parcels, orders: twin }, {})).toThrow(
      'Two declarations claim the id "parcels": the screen parcels and the screen orders.',
    );
    expect(() => fold({ inbox }, { settings, more: { ...settings, shortcut: null } })).toThrow(
      'Two declarations claim the id "settings": the overlay settings and the overlay more.',
    );
  });

  test('path', () => {
    const orders = defineScreen({ ...base, id: 'orders', key: 'o', order: 30, path: 'parcels' });
    expect(() => fold({ inbox, parcels, orders }, {})).toThrow(
      'Two declarations claim the path "parcels": the screen parcels and the screen orders.',
    );
    expect(() => fold({ inbox, orders: { ...orders, path: '' } }, {})).toThrow(
      'Two declarations claim the path "": the screen inbox and the screen orders.',
    );
  });

  test('collection', () => {
    const orders = defineScreen({ ...base, id: 'orders', key: 'o', order: 30, shows: 'contacts' });
    expect(() => fold({ inbox, parcels: { ...parcels, shows: 'contacts' }, orders }, {})).toThrow(
      'Two declarations claim the collection "contacts": the screen parcels and the screen orders.',
    );
  });

  test('key of a screen', () => {
    const people = defineScreen({ ...base, id: 'people', key: 'p', order: 30 });
    expect(() => fold({ inbox, parcels, people }, {})).toThrow(
      'Two declarations claim the key "g p": the screen parcels and the screen people.',
    );
  });

  test.each([
    ['mod+,', 'the overlay settings'],
    ['mod+5', '“Switch to a client of the rail”'],
    ['g', '“Go to a screen”'],
  ])('key %s, which works everywhere', (keys, owner) => {
    const shortcuts = [defineShortcuts('Parcel', { print: { keys, says: 'Print the label' } })];
    expect(() => fold({ inbox, parcels: { ...parcels, shortcuts } }, { settings })).toThrow(
      `Two declarations claim the key "${keys}": ${owner} and “Print the label” of the screen parcels.`,
    );
  });

  test('key of a screen and of a shortcut of a screen', () => {
    const shortcuts = [defineShortcuts('Parcel', { print: { keys: 'g i', says: 'Print the label' } })];
    expect(() => fold({ inbox, parcels: { ...parcels, shortcuts } }, {})).toThrow(
      'Two declarations claim the key "g i": the screen inbox and “Print the label” of the screen parcels.',
    );
  });

  test('key of two shortcuts of one screen', () => {
    const shortcuts = [LIST, defineShortcuts('Parcel', { jump: { keys: 'j', says: 'Jump' } })];
    expect(() => fold({ inbox, parcels: { ...parcels, shortcuts } }, {})).toThrow(
      'Two declarations claim the key "j": “Open the next in the list” of the screen parcels and “Jump” of the screen parcels.',
    );
  });
});

test('a shortcut of a field or list is listed, and the window leaves its keys to it', () => {
  const WRITING = defineShortcuts('Writing', { send: { keys: 'enter', says: 'Send', local: true } });
  const window = fold({ inbox: { ...inbox, shortcuts: [WRITING] } }, {});
  expect(window.keyboardMap(window.screens)).toContain(WRITING.send);
  expect(window.boundTo('enter', window.home)).toBeNull();
});

test('a client needs a screen that is shown when it is opened', () => {
  expect(() => fold({ parcels }, {})).toThrow('No screen has the empty path');
});

test('a key of the frame belongs to no screen', () => {
  const frame = defineShortcuts('Everywhere', { next: { keys: 'g p', says: 'Next client' } });
  expect(() => fold({ inbox, parcels }, {}, frame)).toThrow(
    'Two declarations claim the key "g p": “Next client” and the screen parcels.',
  );
  const window = fold({ inbox }, {}, frame);
  expect(window.boundTo('g p', window.home)).toEqual({ kind: 'shortcut', shortcut: frame.next });
  expect(window.boundTo('g p', null)).toEqual({ kind: 'shortcut', shortcut: frame.next });
  expect(window.keyboardMap(window.screens)).toContain(frame.next);
});

describe('keys', () => {
  const PARCEL = defineShortcuts('Parcel', { archive: { keys: 'a', says: 'Archive' } });
  const CONVERSATION = defineShortcuts('Conversation', { assign: { keys: 'a', says: 'Assign' } });
  const window = fold(
    {
      inbox: { ...inbox, shortcuts: [LIST, CONVERSATION] },
      parcels: { ...parcels, shortcuts: [LIST, PARCEL] },
    },
    { settings },
  );
  const on = (id: string) => window.screenOf(id);

  test('of two screens may be the same: the screen that is shown decides', () => {
    expect(window.boundTo('a', on('inbox'))).toEqual({ kind: 'shortcut', shortcut: CONVERSATION.assign });
    expect(window.boundTo('a', on('parcels'))).toEqual({ kind: 'shortcut', shortcut: PARCEL.archive });
    expect(window.boundTo('a', null)).toBeNull();
  });

  test('of screens, overlays and clients work on every screen', () => {
    for (const screen of [on('inbox'), on('parcels'), null]) {
      expect(window.boundTo('g p', screen)).toMatchObject({ kind: 'screen', screen: { id: 'parcels' } });
      expect(window.boundTo('mod+,', screen)).toMatchObject({ kind: 'overlay', overlay: { id: 'settings' } });
      expect(window.boundTo('mod+9', screen)).toEqual({ kind: 'client', index: 8 });
      expect(window.boundTo('mod+0', screen)).toBeNull();
      expect(window.boundTo('x', screen)).toBeNull();
    }
  });

  test('are listed once each, headings together, and without screens that are not offered', () => {
    const says = (offered: typeof window.screens) => window.keyboardMap(offered).map(shortcut => shortcut.says);
    expect(says(window.screens)).toEqual([
      ...['Open the next in the list', 'Open the previous in the list', 'Search the list', 'Assign', 'Archive'],
      ...['Switch to a client of the rail', 'Inbox of this client', 'Parcels of this client', 'Settings'],
    ]);
    const offered = window.screens.filter(({ id }) => id !== 'parcels');
    expect(says(offered)).not.toContain('Archive');
    expect(says(offered)).not.toContain('Parcels of this client');
  });
});

describe('screens of the agency', () => {
  const staff = defineScreen({ ...base, scope: 'agency', id: 'people', label: 'People', key: 'e', order: 5 });
  const window = fold({ inbox, people: staff }, {});

  test('stand apart from those of a client, and no client is opened on one', () => {
    expect(window.screens.map(({ id }) => id)).toEqual(['inbox']);
    expect(window.agencyScreens.map(({ id }) => id)).toEqual(['people']);
    expect(window.screenOf('people')).toBe(staff);
    expect(() => fold({ people: { ...staff, path: '' } }, {})).toThrow('No screen has the empty path');
  });

  test('are reached by their key, and the keyboard map says whose they are', () => {
    expect(window.boundTo('g e', inbox)).toMatchObject({ kind: 'screen', screen: { id: 'people' } });
    const says = window.keyboardMap([...window.screens, ...window.agencyScreens]).map(shortcut => shortcut.says);
    expect(says).toContain('People of the agency');
    expect(says).toContain('Inbox of this client');
    expect(window.keyboardMap(window.screens).map(shortcut => shortcut.says)).not.toContain('People of the agency');
  });

  test('share ids and keys with those of a client, and have paths of their own', () => {
    const twin = defineScreen({ ...base, id: 'persons', key: 'e', order: 30, path: 'people' });
    expect(() => fold({ inbox, people: staff, twin }, {})).toThrow(
      'Two declarations claim the key "g e": the screen people and the screen twin.',
    );
    expect(() => fold({ inbox, people: staff, twin: { ...twin, key: 'o' } }, {})).not.toThrow();
  });
});

test('screens are found by id and by the collection whose rows they open, in their declared order', () => {
  const window = fold({ parcels: { ...parcels, shows: 'contacts' }, inbox }, {});
  expect(window.screens.map(({ id }) => id)).toEqual(['inbox', 'parcels']);
  expect(window.home.id).toBe('inbox');
  expect(window.screenOf('orders')).toBeNull();
  expect(window.screenThatShows('contacts')?.id).toBe('parcels');
  expect(window.screenThatShows('orders')).toBeNull();
});
