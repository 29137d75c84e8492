import { type ActName, actOf } from '@astrix/contract';
import { expect, test } from 'vitest';
import type { Provider } from './provider.ts';
import { PROVIDERS } from './registry.ts';

const all = Object.values(PROVIDERS) as readonly Provider[];

test('the manifest of a key form names a secret that must be given as its credential', () => {
  const forms = all.flatMap(({ manifest: { id, auth } }) => (auth.kind === 'key' ? [{ id, ...auth }] : []));
  expect(forms.length).toBeGreaterThan(2);
  for (const { id, fields, credential } of forms)
    expect(
      fields.find(({ name }) => name === credential),
      id,
    ).toMatchObject({ kind: 'secret', required: true });
});

test('a provider through which customers are written with says so in its capabilities, and names fields that its form has', () => {
  const messaging = all.filter(provider => provider.messaging);
  expect(messaging.length).toBeGreaterThan(0);
  for (const { manifest, messaging: { businessField } = {} } of messaging) {
    const kinds = manifest.capabilities.filter(({ capability }) => capability === 'messaging').map(({ kind }) => kind);
    expect(kinds, manifest.id).toEqual(expect.arrayContaining(['send', 'receive']));
    const names = manifest.auth.kind === 'key' ? manifest.auth.fields.map(({ name }) => name) : [];
    if (businessField) expect(names, manifest.id).toContain(businessField);
  }
});

test('an act takes only scopes that its provider asks consent for, and belongs to a capability that the provider has', () => {
  const acting = all.flatMap(({ manifest, connector }) =>
    Object.entries(connector?.acts ?? {}).map(([name, act]) => ({ manifest, name: name as ActName, needs: act.needs })),
  );
  expect(acting.length).toBeGreaterThan(2);
  for (const { manifest, name, needs } of acting) {
    const asked = manifest.auth.kind === 'oauth2' ? manifest.auth.scopes.map(({ scope }) => scope) : [];
    expect(asked, `${manifest.id} ${name}`).toEqual(expect.arrayContaining([...needs]));
    expect(manifest.capabilities.map(({ capability }) => capability)).toContain(actOf(name).capability);
  }
});
