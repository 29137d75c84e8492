/**
 * Import this file before any part of the window: the window is then loaded in plain Node, over a bridge whose calls never answer and
 * whose events never come.
 */
const never = () => new Promise<never>(() => undefined);
const anyCall = new Proxy({}, { get: () => never });
const anyEvent = new Proxy({}, { get: () => () => () => undefined });

Object.assign(globalThis, {
  window: {
    astrix: new Proxy({}, { get: (_, space) => (space === 'on' ? anyEvent : anyCall) }),
    matchMedia: () => ({ matches: true, addEventListener: () => undefined, removeEventListener: () => undefined }),
  },
});
