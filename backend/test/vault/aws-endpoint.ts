import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { equalTexts, signAws } from '../../src/platform/crypto/index.ts';

export const AWS = {
  region: 'ap-south-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'an example of a secret key', sessionToken: 'a session' },
} as const;

type Version = { readonly text: string; stages: string[] };
type Json = Record<string, unknown>;
export type Exchange = {
  readonly operation: string;
  readonly input: Json;
  readonly status: number;
  readonly output: Json;
};

class Refused extends Error {}

/** Secrets Manager on the loopback address: the four operations with versions and stages, and a record of what was said. */
export async function startAwsEndpoint() {
  const secrets = new Map<string, Map<string, Version>>();
  const exchanges: Exchange[] = [];
  /** Answers instead of the service, once for each entry. */
  const faults: { readonly status: number; readonly body: string }[] = [];
  let made = 0;

  const stage = (versions: Map<string, Version>, id: string, text: string, stages: readonly string[]) => {
    const known = versions.get(id);
    if (known) {
      if (known.text !== text) throw new Refused('ResourceExistsException');
      return;
    }
    for (const [other, version] of versions) {
      if (stages.includes('AWSCURRENT') && version.stages.includes('AWSCURRENT')) {
        for (const one of versions.values()) one.stages = one.stages.filter(name => name !== 'AWSPREVIOUS');
        version.stages = ['AWSPREVIOUS'];
      }
      // A version without a stage may be removed by the service at any time after a day; this one does it at once.
      if (version.stages.length === 0) versions.delete(other);
    }
    versions.set(id, { text, stages: [...stages] });
    made += 1;
  };

  const operations: Readonly<Record<string, (input: Json) => Json>> = {
    CreateSecret(input) {
      const name = String(input.Name);
      if (secrets.has(name)) throw new Refused('ResourceExistsException');
      secrets.set(name, new Map());
      stage(secrets.get(name)!, String(input.ClientRequestToken), String(input.SecretString), ['AWSCURRENT']);
      return { ARN: arnOf(name), Name: name, VersionId: input.ClientRequestToken };
    },
    PutSecretValue(input) {
      const versions = secretOf(input);
      const stages = (input.VersionStages as string[] | undefined) ?? ['AWSCURRENT'];
      stage(versions, String(input.ClientRequestToken), String(input.SecretString), stages);
      return {
        ARN: arnOf(input.SecretId),
        Name: input.SecretId,
        VersionId: input.ClientRequestToken,
        VersionStages: stages,
      };
    },
    GetSecretValue(input) {
      const id = String(input.VersionId);
      const version = secretOf(input).get(id);
      if (!version) throw new Refused('ResourceNotFoundException');
      return {
        ARN: arnOf(input.SecretId),
        Name: input.SecretId,
        VersionId: id,
        SecretString: version.text,
        VersionStages: version.stages,
        CreatedDate: 1_795_000_000,
      };
    },
    DeleteSecret(input) {
      secretOf(input);
      secrets.delete(String(input.SecretId));
      return { ARN: arnOf(input.SecretId), Name: input.SecretId, DeletionDate: 1_795_000_000 };
    },
  };
  const secretOf = (input: Json) => {
    const versions = secrets.get(String(input.SecretId));
    if (!versions) throw new Refused('ResourceNotFoundException');
    return versions;
  };

  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const fault = faults.shift();
    const answer = (status: number, output: Json) => {
      exchanges.push({ operation: operationOf(request), input: JSON.parse(body) as Json, status, output });
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(output));
    };
    if (fault) return void response.writeHead(fault.status).end(fault.body);
    if (!isSigned(request, body)) return answer(400, { __type: 'InvalidSignatureException', Message: 'not signed so' });
    try {
      const operation = operations[operationOf(request)];
      if (!operation) return answer(400, { __type: 'UnknownOperationException' });
      answer(200, operation(JSON.parse(body) as Json));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      answer(400, { __type: `com.amazonaws.secretsmanager#${error.message}`, Message: 'refused' });
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    secrets,
    exchanges,
    faults,
    /** Versions that were really made. */
    made: () => made,
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  };
}

export type AwsEndpoint = Awaited<ReturnType<typeof startAwsEndpoint>>;

const arnOf = (name: unknown) => `arn:aws:secretsmanager:${AWS.region}:123456789012:secret:${String(name)}-AbCdEf`;
const operationOf = (request: IncomingMessage) =>
  String(request.headers['x-amz-target']).replace('secretsmanager.', '');

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** Signs what arrived once more, with the headers that it says are signed, and compares. */
function isSigned(request: IncomingMessage, body: string): boolean {
  const given = request.headers.authorization ?? '';
  const names = /SignedHeaders=([\w;-]+)/.exec(given)?.[1]?.split(';') ?? [];
  const time = String(request.headers['x-amz-date']);
  const at = new Date(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const computed = new Set(['host', 'x-amz-date', 'x-amz-security-token']);
  const headers = Object.fromEntries(
    names.filter(name => !computed.has(name)).map(name => [name, String(request.headers[name])]),
  );
  const url = `https://${request.headers.host}${request.url}`;
  const scope = { region: AWS.region, service: 'secretsmanager', at };
  const again = signAws({ method: 'POST', url, headers, body }, scope, AWS.credentials);
  return names.includes('x-amz-target') && equalTexts(again.authorization ?? '', given);
}
