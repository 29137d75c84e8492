import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { secret } from '../../src/kernel/secret.ts';
import { type Call, createEgress, type Egress } from '../../src/platform/egress/index.ts';
import { createMetrics, silentLog } from '../../src/platform/telemetry/index.ts';
import {
  awsSecretsManager,
  awsSecretsManagerRules,
  type SecretStore,
  signedCalls,
} from '../../src/platform/vault/index.ts';
import { AWS, type AwsEndpoint, startAwsEndpoint } from './aws-endpoint.ts';
import { awsModel, shapeFaults } from './aws-model.ts';
import { createRig, newVaultRef, type Rig, thrown, vaultDump } from './rig.ts';

let endpoint: AwsEndpoint;
let egress: Egress;
let store: SecretStore;
let rig: Rig;
/** What the client of the network accounted for. */
const calls: Call[] = [];
const access = (secretAccessKey: string = AWS.credentials.secretAccessKey) => ({
  region: AWS.region,
  sandbox: endpoint.origin,
  credentials: async () => ({ ...AWS.credentials, secretAccessKey }),
});
beforeAll(async () => {
  endpoint = await startAwsEndpoint();
  egress = createEgress({
    rules: { production: false, providers: [awsSecretsManagerRules(access())] },
    clock: systemClock,
    metrics: createMetrics(),
    log: silentLog,
    ledger: {
      record: call => void calls.push(call),
      isFull: () => false,
      flush: async () => undefined,
      stop: async () => undefined,
    },
  });
  store = awsSecretsManager(signedCalls(egress, access(), () => new Date()));
  rig = await createRig({ store });
});
afterAll(async () => {
  await rig.close();
  await egress.close();
  await endpoint.close();
});

const idOf = (ref: ReturnType<typeof newVaultRef>, name: string) =>
  `astrix/${ref.agencyId}/${ref.connectionId}/${name}`;

describe('VT-01: envelopes in AWS Secrets Manager', () => {
  test('what is put is got, replaced and destroyed; the row says only where it is, the service holds only an envelope', async () => {
    const ref = newVaultRef();
    await rig.put(ref, 'access', 'the value itself');
    expect(await rig.get(ref, 'access')).toBe('the value itself');
    const swapped = await rig.tx(tx => rig.vault.swap(tx, ref, 'access', 1, secret('the next value')));
    expect(swapped).toEqual({ swapped: true, version: 2 });
    expect(await rig.get(ref, 'access')).toBe('the next value');
    const { envelope } = await rig.tx(tx =>
      tx
        .selectFrom('vault_secrets')
        .select('envelope')
        .where('connection_id', '=', ref.connectionId)
        .executeTakeFirstOrThrow(),
    );
    expect(envelope).toMatch(/^asm\.v1\.[0-9a-f]{64}$/);
    const kept = [...endpoint.secrets.get(idOf(ref, 'access'))!.values()];
    expect(kept.map(({ stages }) => stages)).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
    for (const { text } of kept) expect(text).toMatch(/^v1\.1\./);
    expect(JSON.stringify(endpoint.exchanges)).not.toContain('value');
    // VT-13: each call is on the account of its connection.
    expect(calls.filter(({ connection }) => connection.connectionId === ref.connectionId)).toHaveLength(5);
    const receipt = await rig.tx(tx => rig.vault.destroy(tx, ref));
    expect(receipt).toMatchObject({ secrets: ['access'], leftInStore: [] });
    expect(endpoint.secrets.has(idOf(ref, 'access'))).toBe(false);
    expect(endpoint.exchanges.at(-1)?.input).toMatchObject({ ForceDeleteWithoutRecovery: true });
    expect(await rig.get(ref, 'access')).toBeNull();
  });

  test('a transaction that is rolled back after its envelope was sent leaves the value before it readable', async () => {
    const ref = newVaultRef();
    await rig.put(ref, 'access', 'before');
    await thrown(
      rig.tx(async tx => {
        await rig.vault.put(tx, ref, 'access', secret('never committed'));
        throw new Error('undo');
      }),
    );
    expect(await rig.get(ref, 'access')).toBe('before');
    await rig.put(ref, 'access', 'after');
    expect(await rig.get(ref, 'access')).toBe('after');
  });

  test('a call that is repeated makes one version, and two that come first at once both get there', async () => {
    const key = { ...newVaultRef(), name: 'repeated' };
    const before = endpoint.made();
    const kept = [await store.keep(key, 'v1.envelope'), await store.keep(key, 'v1.envelope')];
    expect(kept[0]).toBe(kept[1]);
    expect(endpoint.made() - before).toBe(1);
    const raced = { ...key, name: 'raced' };
    const both = await Promise.all([store.keep(raced, 'v1.one'), store.keep(raced, 'v1.two')]);
    expect(await Promise.all(both.map(one => store.find(raced, one)))).toEqual(['v1.one', 'v1.two']);
  });

  test('what is not there, or is no reference, is null; to remove what is gone succeeds', async () => {
    const key = { ...newVaultRef(), name: 'nothing' };
    expect(await store.find(key, `asm.v1.${'0'.repeat(64)}`)).toBeNull();
    const asked = endpoint.exchanges.length;
    for (const kept of ['', 'v1.1.a.b.c', 'asm.v1.../../other', `asm.v1.${'0'.repeat(64)}\n`])
      expect(await store.find(key, kept)).toBeNull();
    expect(endpoint.exchanges.length).toBe(asked);
    await store.remove(key);
  });
});

describe('F-24: when the service refuses or does not answer', () => {
  const FAULTS = [
    ['an error of its own', { status: 500, body: '{"__type":"InternalServiceError"}' }],
    ['too many requests', { status: 400, body: '{"__type":"ThrottlingException"}' }],
    ['a page of a proxy', { status: 502, body: '<html>bad gateway</html>' }],
    ['a decryption failure', { status: 400, body: '{"__type":"DecryptionFailure"}' }],
  ] as const;
  test.each(FAULTS)('%s: work is refused, and the value before it stays', async (_, fault) => {
    const ref = newVaultRef();
    await rig.put(ref, 'access', 'before');
    const before = await vaultDump(rig.db);
    for (const work of [() => rig.put(ref, 'access', 'after'), () => rig.get(ref, 'access')]) {
      endpoint.faults.push(fault);
      const error = await thrown(work());
      expect(error instanceof AppError ? error.code : error).toBe('unavailable');
    }
    expect(await vaultDump(rig.db)).toBe(before);
    expect(await rig.get(ref, 'access')).toBe('before');
  });

  test('a reply about another version is not believed', async () => {
    endpoint.faults.push({ status: 200, body: JSON.stringify({ VersionId: 'f'.repeat(64) }) });
    expect((await thrown(rig.put(newVaultRef(), 'access', 'x'))) instanceof AppError).toBe(true);
  });

  test('a request that is signed with another key is refused, and a region is a region', async () => {
    const wrong = signedCalls(egress, access('another key'), () => new Date());
    expect((await thrown(wrong(newVaultRef(), 'GetSecretValue', { SecretId: 'x' })))?.message).toContain(
      'InvalidSignatureException',
    );
    expect(() => signedCalls(egress, { ...access(), region: 'evil.example/' }, () => new Date())).toThrow('no region');
  });
});

const model = awsModel();
if (model === null)
  process.stdout.write(
    'Skipped: secretsmanager.service-2.json is not beside the checkout (../shared/specs). Requests were not compared with the model.\n',
  );
test.skipIf(model === null)('every request, reply and refusal above is one of the official service model', () => {
  if (!model) return;
  const seen = new Set<string>();
  for (const { operation, input, status, output } of endpoint.exchanges) {
    const known = model.operations[operation];
    expect(known, operation).toBeDefined();
    if (!known || output.__type === 'InvalidSignatureException') continue;
    seen.add(operation);
    expect(shapeFaults(model, known.input.shape, input)).toEqual([]);
    if (status === 200) expect(shapeFaults(model, known.output.shape, output)).toEqual([]);
    else expect(known.errors.map(({ shape }) => shape)).toContain(String(output.__type).replace(/^.*#/, ''));
  }
  expect([...seen].sort()).toEqual(['CreateSecret', 'DeleteSecret', 'GetSecretValue', 'PutSecretValue']);
  expect(model.metadata).toMatchObject({
    targetPrefix: 'secretsmanager',
    jsonVersion: '1.1',
    signingName: 'secretsmanager',
  });
  // The check itself sees what is wrong.
  expect(shapeFaults(model, 'CreateSecretRequest', { ClientRequestToken: 'short', Colour: 1 })).toHaveLength(3);
});
