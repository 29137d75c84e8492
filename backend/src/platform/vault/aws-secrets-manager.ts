import { type AwsCredentials, sha256, signAws } from '../crypto/index.ts';
import type { Egress } from '../egress/index.ts';
import type { SecretStore, StoreKey } from './stores.ts';

/** One call of the service: the operation by its name, and what its reply holds. Throws AwsError when it was refused. */
export type SignedCall = (operation: string, input: object) => Promise<Readonly<Record<string, unknown>>>;

export class AwsError extends Error {
  /** `ResourceNotFoundException` and the like. */
  readonly code: string;
  constructor(operation: string, code: string) {
    super(`${operation} was refused: ${code}`);
    this.name = 'AwsError';
    this.code = code;
  }
}

const SERVICE = 'secretsmanager';
const TIMEOUT_MS = 5000;

export type AwsAccess = {
  readonly region: string;
  /** Asked for each call, because credentials of a role run out. */
  readonly credentials: () => Promise<AwsCredentials>;
  /** Origin of the endpoint; without it the public one of the region. */
  readonly endpoint?: string;
};

/** Calls to Secrets Manager, signed here and sent through the one client of the network. The host must be on its list. */
export function signedCalls(egress: Egress, access: AwsAccess, now: () => Date): SignedCall {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(access.region)) throw new Error(`${access.region} is no region of AWS`);
  const url = `${access.endpoint ?? `https://${SERVICE}.${access.region}.amazonaws.com`}/`;
  return async (operation, input) => {
    const body = JSON.stringify(input);
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `${SERVICE}.${operation}` };
    const signed = signAws(
      { method: 'POST', url, headers, body },
      { region: access.region, service: SERVICE, at: now() },
      await access.credentials(),
    );
    const reply = await egress.send({ method: 'POST', url, headers: signed, body, timeoutMs: TIMEOUT_MS });
    const answer = objectIn(reply.body);
    if (reply.status === 200) return answer;
    // The code may come with its namespace in front.
    throw new AwsError(operation, String(answer.__type ?? reply.status).replace(/^.*#/, ''));
  };
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
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
        call('PutSecretValue', {
          SecretId: idOf(key),
          ClientRequestToken: token,
          SecretString: envelope,
          VersionStages: ['AWSCURRENT'],
        });
      const create = () => call('CreateSecret', { Name: idOf(key), ClientRequestToken: token, SecretString: envelope });
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
        const answer = await call('GetSecretValue', { SecretId: idOf(key), VersionId: version });
        return typeof answer.SecretString === 'string' ? answer.SecretString : null;
      } catch (error) {
        if (isRefusal(error, 'ResourceNotFoundException')) return null;
        throw error;
      }
    },
    async remove(key) {
      try {
        await call('DeleteSecret', { SecretId: idOf(key), ForceDeleteWithoutRecovery: true });
      } catch (error) {
        if (!isRefusal(error, 'ResourceNotFoundException')) throw error;
      }
    },
  };
}

const isRefusal = (error: unknown, code: string) => error instanceof AwsError && error.code === code;
