import '../testkit/fake-window.ts';
import { createMemoryHistory } from '@tanstack/react-router';
import { describe, expect, test } from 'vitest';
import { keysPressed } from '../lib/shortcuts.ts';
import type { Bound } from './fold.ts';

const { REGISTRY } = await import('./registry.ts');
const { createWindowRouter } = await import('./router.tsx');
const { routeOf } = await import('./address.ts');

const CLIENT = '01990000-0000-7c00-8000-000000000001';
const ROW = '01990000-0000-7c00-8000-0000000000aa';

/** The event that a keyboard sends for declared keys. */
function eventOf(keys: string) {
  const key = keys.split('+').at(-1)!;
  const shiftKey = keys.includes('shift+') || key === '?';
  const pressed = shiftKey ? key.toUpperCase() : key;
  return { key: pressed, ctrlKey: keys.includes('mod+'), metaKey: false, altKey: keys.includes('alt+'), shiftKey };
}
const says = (bound: Bound | null) => (bound && 'shortcut' in bound ? bound.shortcut.says : null);

describe('the keyboard map of the window', () => {
  const every = [...REGISTRY.screens, ...REGISTRY.agencyScreens];
  const listed = REGISTRY.keyboardMap(every).filter(({ keys, local }) => !keys.includes('…') && !local);

  test.each(listed)('$keys: $says, on a screen that has it', ({ keys, says: wanted }) => {
    const pressed = keys
      .split(' ')
      .map(part => keysPressed(eventOf(part), false))
      .join(' ');
    expect(pressed).toBe(keys);
    expect(keys.includes(' ')).toBe(REGISTRY.isPrefix(keys[0]!) && keys.length > 1);
    expect(every.map(screen => says(REGISTRY.boundTo(pressed, screen)))).toContain(wanted);
  });

  test.each(listed)('$keys works in a text field only with Ctrl', ({ keys }) => {
    expect(keysPressed(eventOf(keys.split(' ')[0]!), true)).toBe(keys.startsWith('mod+') ? keys : null);
  });

  test.each(['Enter', 'Escape', 'Tab', 'F5', 'Dead', '5'])('%s is left to the page', key => {
    const pressed = keysPressed({ ...eventOf('x'), key }, false);
    for (const screen of REGISTRY.screens) expect(REGISTRY.boundTo(pressed!, screen)).toBeNull();
  });
});

describe('the address of a screen', () => {
  async function screenAt(path: string) {
    const router = createWindowRouter(createMemoryHistory({ initialEntries: [path] }));
    await router.load();
    const match = router.state.matches.at(-1);
    return { screen: match?.staticData.screen, ...(match?.params as { clientId?: string; at?: string }) };
  }

  test.each(REGISTRY.screens)('$id is reached by its path, with and without something open on it', async screen => {
    const base = routeOf(screen).replace('$clientId', CLIENT).replace('/{-$at}', '');
    expect(await screenAt(base)).toMatchObject({ screen: screen.id, clientId: CLIENT });
    expect((await screenAt(base)).at).toBeUndefined();
    expect(await screenAt(`${base}/${ROW}`)).toMatchObject({ screen: screen.id, clientId: CLIENT, at: ROW });
  });

  test.each(REGISTRY.agencyScreens)('$id of the agency is reached without a client', async screen => {
    const base = routeOf(screen).replace('/{-$at}', '');
    expect(base).toMatch(/^\/agency\//);
    expect(await screenAt(base)).toMatchObject({ screen: screen.id });
    const opened = await screenAt(`${base}/${ROW}`);
    expect(opened).toMatchObject({ screen: screen.id, at: ROW });
    expect(opened.clientId).toBeUndefined();
  });

  test('addresses that people have kept still work', async () => {
    expect(await screenAt(`/c/${CLIENT}`)).toMatchObject({ screen: 'inbox' });
    expect(await screenAt(`/c/${CLIENT}/${ROW}`)).toMatchObject({ screen: 'inbox', at: ROW });
    expect(await screenAt(`/c/${CLIENT}/connections`)).toMatchObject({ screen: 'connections' });
    expect(await screenAt(`/c/${CLIENT}/connections/receipts`)).toMatchObject({
      screen: 'connections',
      at: 'receipts',
    });
  });

  test('without a client there is no screen', async () => {
    expect((await screenAt('/')).screen).toBeUndefined();
  });
});

test('every screen that main names is declared', () => {
  const sources = import.meta.glob<string>(['../../main/**/*.ts', '!**/*.test.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  });
  const named = Object.values(sources).flatMap(text => [...text.matchAll(/to: 'screen', screen: '([^']*)'/g)]);
  expect(named.length).toBeGreaterThan(2);
  for (const [, id = ''] of named) expect(REGISTRY.screenOf(id), `main opens the screen ${id}`).not.toBeNull();
});
