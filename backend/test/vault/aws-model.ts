import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

type Shape = {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
};
type Model = {
  readonly metadata: { readonly targetPrefix: string; readonly jsonVersion: string; readonly signingName: string };
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly input: { readonly shape: string };
        readonly output: { readonly shape: string };
        readonly errors: readonly { readonly shape: string }[];
      }
    >
  >;
  readonly shapes: Readonly<Record<string, Shape>>;
};

const root = join(import.meta.dirname, '..', '..', '..');
/** Not part of the project: beside the checkout, or beside the folder that holds several. */
const PLACES = ['..', join('..', '..')].map(up =>
  join(root, up, 'shared', 'specs', 'aws-botocore', 'secretsmanager.service-2.json'),
);

/** The official model of the service, or null where it is not at hand. */
export function awsModel(): Model | null {
  const path = PLACES.find(existsSync);
  return path === undefined ? null : (JSON.parse(readFileSync(path, 'utf8')) as Model);
}

/** What is wrong with a value by the shape of that name, one sentence each. */
export function shapeFaults(model: Model, name: string, value: unknown, at = name): string[] {
  const shape = model.shapes[name];
  if (!shape) return [`${at}: the model knows no ${name}`];
  switch (shape.type) {
    case 'structure': {
      if (typeof value !== 'object' || value === null) return [`${at} is no structure`];
      const members = shape.members ?? {};
      const missing = (shape.required ?? [])
        .filter(member => !(member in value))
        .map(member => `${at} lacks ${member}`);
      const inner = Object.entries(value).flatMap(([member, item]) => {
        const known = members[member];
        return known ? shapeFaults(model, known.shape, item, `${at}.${member}`) : [`${at} has an unknown ${member}`];
      });
      return [...missing, ...inner];
    }
    case 'list': {
      if (!Array.isArray(value)) return [`${at} is no list`];
      const inner = value.flatMap((item, n) => shapeFaults(model, shape.member?.shape ?? '', item, `${at}[${n}]`));
      return [...boundFaults(shape, value.length, at), ...inner];
    }
    case 'string': {
      if (typeof value !== 'string') return [`${at} is no string`];
      const odd = shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`).test(value);
      return [...boundFaults(shape, value.length, at), ...(odd ? [`${at} is not like ${shape.pattern}`] : [])];
    }
    case 'boolean':
    case 'timestamp':
      return typeof value === (shape.type === 'boolean' ? 'boolean' : 'number') ? [] : [`${at} is no ${shape.type}`];
    default:
      return [`${at}: ${shape.type} is not expected here`];
  }
}

const boundFaults = ({ min = 0, max = Number.POSITIVE_INFINITY }: Shape, size: number, at: string): string[] =>
  size < min || size > max ? [`${at} has a length of ${size}`] : [];
