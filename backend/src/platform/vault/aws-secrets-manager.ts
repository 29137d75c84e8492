import { z } from 'zod';
import { type AwsCredentials, sha256, signAws } from '../crypto/index.ts';
import { type Egress, type Explain, json, type ProviderRules } from '../egress/index.ts';
import type { SecretStore, StoreKey } from './stores.ts';
import type { VaultRef } from './vault-ref.ts';

/** One call of the service: the operation by its name, and what its reply holds. Throws AwsError when it did not happen. */
export type SignedCall = (
  ref: VaultRef,
  operation: string,
  input: object,
) => Promise<Readonly<Record<string, unknown>>>;

export class AwsError extends Error {
  /** `ResourceNotFoundException` and the like, or what kept the call from being answered. */
  readonly code: string;
  constructor(operation: string, code: string) {
    super(`${operation} was not done: ${code}`);
    this.name = 'AwsError';
    this.code = code;
  }
}

const SERVICE = 'secretsmanager';
const PROVIDER = 'aws-secrets-manager';
const TIMEOUT_MS = 5000;
const Reply = z.record(z.string(), z.unknown());
const Refusal = z.object({ __type: z.string().max(200) });

export type AwsAccess = {
  readonly region: string;
  /** Asked for each call, because credentials of a role run out. */
  readonly credentials: () => Promise<AwsCredentials>;
  /** The endpoint on loopback, outside production only. */
  readonly sandbox?: string | null;
};

/** What the one client of the network has to allow. */
export function awsSecretsManagerRules({ region, sandbox = null }: AwsAccess): ProviderRules {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw new Error(`${region} is no region of AWS`);
  const host = `${SERVICE}.${region}.amazonaws.com`;
  return { id: PROVIDER, hosts: [host], budget: { default: { burst: 50, perSecond: 25 } }, sandbox };
}

/** Their code for a refusal may come with its namespace in front. What may pass is told apart by its status. */
const explain: Explain = (body, status) => {
  const refusal = Refusal.safeParse(body);
  if (!refusal.success || status < 400 || status >= 500) return null;
  return { kind: 'permanent', code: refusal.data.__type.replace(/^.*#/, ''), reason: 'refused' };
};

/** Calls to Secrets Manager, signed here and sent through the one client of the network, which accounts for each. */
export function signedCalls(egress: Egress, access: AwsAccess, now: () => Date): SignedCall {
  // Signed is the name of the host, also where the sandbox stands in for it.
  const url = `https://${awsSecretsManagerRules(access).hosts[0]}/`;
  return async ({ agencyId, clientId, connectionId }, operation, input) => {
    const body = JSON.stringify(input);
    const contentType = 'application/x-amz-json-1.1';
    // The host is signed and said by whoever sends.
    const { host: _, ...headers } = signAws(
      {
        method: 'POST',
        url,
        headers: { 'content-type': contentType, 'x-amz-target': `${SERVICE}.${operation}` },
        body,
      },
      { region: access.region, service: SERVICE, at: now() },
      await access.credentials(),
    );
    const outcome = await egress.call({
      provider: PROVIDER,
      capability: 'secrets',
      connection: { agencyId, clientId, connectionId, actorId: null },
      method: 'POST',
      path: '/',
      headers,
      body: { bytes: Buffer.from(body), contentType },
      // A transaction waits for this, so it is not tried a second time here. Whoever asks again asks for the same version.
      effect: 'write',
      reply: json(Reply),
      explain,
      timeoutMs: TIMEOUT_MS,
    });
    if (outcome.kind === 'ok') return outcome.data;
    throw new AwsError(operation, 'code' in outcome ? outcome.code : outcome.reason);
  };
}

const REFERENCE = /^asm\.v1\.([0-9a-f]{64})$/;

/**
 * Envelopes in AWS Secrets Manager, one secret for each. The row points to the exact version of it, so that a transaction which is rolled
 * back after its envelope was sent leaves the earlier one readable; the stage AWSCURRENT only keeps a version alive.
 */
export function awsSecretsManager(call: SignedCall, prefix = 'astrix'): SecretStore {
  const idOf = ({ agencyId, connectionId, name }: StoreKey) => `${prefix}/${agencyId}/${connectionId}/${name}`;
  return {
    async keep(key, envelope) {
      // The same envelope is the same version: a call that is repeated changes nothing.
      const token = sha256(envelope).toString('hex');
      const put = () =>
        call(key, 'PutSecretValue', {
          SecretId: idOf(key),
          ClientRequestToken: token,
          SecretString: envelope,
          VersionStages: ['AWSCURRENT'],
        });
      const create = () =>
        call(key, 'CreateSecret', { Name: idOf(key), ClientRequestToken: token, SecretString: envelope });
      const answer = await put().catch(async error => {
        if (!isRefusal(error, 'ResourceNotFoundException')) throw error;
        return create().catch(async again => {
          // Another process made it in between.
          if (!isRefusal(again, 'ResourceExistsException')) throw again;
          return put();
        });
      });
      if (answer.VersionId !== token) throw new Error('the secret store answered with another version');
      return `asm.v1.${token}`;
    },
    async find(key, kept) {
      const version = REFERENCE.exec(kept)?.[1];
      if (version === undefined) return null;
      try {
        const answer = await call(key, 'GetSecretValue', { SecretId: idOf(key), VersionId: version });
        return typeof answer.SecretString === 'string' ? answer.SecretString : null;
      } catch (error) {
        if (isRefusal(error, 'ResourceNotFoundException')) return null;
        throw error;
      }
    },
    async remove(key) {
      try {
        await call(key, 'DeleteSecret', { SecretId: idOf(key), ForceDeleteWithoutRecovery: true });
      } catch (error) {
        if (!isRefusal(error, 'ResourceNotFoundException')) throw error;
      }
    },
  };
}

const isRefusal = (error: unknown, code: string) => error instanceof AwsError && error.code === code;
