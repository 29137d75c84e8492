import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../../testkit/until.ts';
import { createKit, type Kit, type Person } from '../../../test/kit/index.ts';
import { withSystem } from '../../platform/db/index.ts';
import { disableMember, grantAccess } from '../identity/index.ts';

let kit: Kit;
let url: string;
beforeAll(async () => {
  kit = await createKit();
  url = await kit.world.app.http.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => kit.close());

type Stream = { readonly heard: string[]; readonly isOpen: () => boolean; readonly leave: () => void };

/** Opens the live stream of a person. `heard` grows by the name of each event. */
async function listen(person: Person): Promise<Stream> {
  const leaving = new AbortController();
  const reply = await fetch(`${url}/v1/live`, {
    headers: { authorization: `Bearer ${person.token}` },
    signal: leaving.signal,
  });
  if (reply.status !== 200 || !reply.body) throw new Error(`the stream was refused with ${reply.status}`);
  const heard: string[] = [];
  let open = true;
  const read = async (body: ReadableStream<Uint8Array>) => {
    for await (const part of body)
      for (const [, event = ''] of Buffer.from(part)
        .toString()
        .matchAll(/^event: (\w+)$/gm))
        heard.push(event);
  };
  void read(reply.body)
    .catch(() => undefined)
    .finally(() => {
      open = false;
    });
  await until(() => heard.includes('ready'));
  return { heard, isOpen: () => open, leave: () => leaving.abort() };
}

const streams = async () => (await kit.world.metrics.streams.get()).values[0]?.value;

test('AU-07: ending a session closes its stream and says why; the other streams stay open', async () => {
  const [lost, here] = [await kit.as('agent'), await kit.as('agent')];
  const [closing, staying] = [await listen(lost), await listen(here)];
  const { sessionId } = await lost.call('identity.me');
  await here.call('identity.end-session', { params: { sessionId } });
  await until(() => !closing.isOpen());
  expect(closing.heard.at(-1)).toBe('ended');
  expect(staying.isOpen()).toBe(true);
  expect(staying.heard).not.toContain('ended');
  staying.leave();
});

test('AU-09: whoever is taken out of an agency loses every stream', async () => {
  const [first, second] = [await kit.as('analyst'), await kit.as('analyst')];
  const open = [await listen(first), await listen(second)];
  await withSystem(kit.world.db, 'demo-seed', tx => disableMember(tx, kit.world.agencies[0].id, first.id));
  await until(() => open.every(stream => !stream.isOpen()));
  expect(open.map(({ heard }) => heard.at(-1))).toEqual(['ended', 'ended']);
});

test('what a customer writes moves the streams of their agency, and those of no other', async () => {
  const [here, elsewhere] = [await listen(await kit.as('agent')), await listen(await kit.as('agent', { agency: 1 }))];
  await kit.customer().writes('Hello');
  await until(() => here.heard.includes('moved'));
  expect(elsewhere.heard).toEqual(['ready']);
  // The stream of the other agency works: it hears of its own customers.
  await kit.customer({ agency: 1 }).writes('Hello');
  await until(() => elsewhere.heard.includes('moved'));
  here.leave();
  elsewhere.leave();
});

test('a client moves the streams of those who see it, also of those who see it only now', async () => {
  const [agent, owner] = [await listen(await kit.as('agent')), await listen(await kit.as('owner', { client: 2 }))];
  await kit.customer({ client: 2 }).writes('Hello');
  await until(() => owner.heard.includes('moved'));
  expect(agent.heard).toEqual(['ready']);
  const [agency] = kit.world.agencies;
  await withSystem(kit.world.db, 'demo-seed', tx =>
    grantAccess(tx, agency.id, agency.clients[2].id, agency.people.agent.id),
  );
  await until(() => agent.heard.includes('moved'));
  const before = agent.heard.length;
  await kit.customer({ client: 2 }).writes('Hello again');
  await until(() => agent.heard.length > before);
  agent.leave();
  owner.leave();
});

test('a person who leaves is forgotten by the process', async () => {
  await until(async () => (await streams()) === 0);
  const stream = await listen(await kit.as('agent'));
  expect(await streams()).toBe(1);
  stream.leave();
  await until(async () => (await streams()) === 0);
});
