import { isObject, listOf } from './schema.ts';
import type { Json, Media, Operation, Parameter, Resolve, Schema } from './types.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/** Looks references up inside of one document. */
export const pointerInto = (document: Json): Resolve => {
  const known = new Map<string, Schema | undefined>();
  return ref => {
    if (!known.has(ref)) {
      const steps = ref
        .replace(/^#\//, '')
        .split('/')
        .map(step => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
      let at: unknown = document;
      for (const step of steps) at = isObject(at) || Array.isArray(at) ? (at as Schema)[step] : undefined;
      known.set(ref, isObject(at) ? at : undefined);
    }
    return known.get(ref);
  };
};

/** The operations of an OpenAPI 3.x or a Swagger 2.0 document. */
export function operationsOf(document: Json): readonly Operation[] {
  const resolve = pointerInto(document);
  const old = document.swagger !== undefined;
  const servers = listOf(document.servers).map(
    ({ url }) => new URL(String(url).replaceAll(/[{}]/g, 'x'), 'https://any'),
  );
  const base = old ? String(document.basePath ?? '') : (servers[0]?.pathname ?? '');
  const hosts = old ? [String(document.host)] : servers.map(({ hostname }) => hostname);
  const meant = (value: unknown): Schema => {
    const one = isObject(value) ? value : {};
    return typeof one.$ref === 'string' ? (resolve(one.$ref) ?? {}) : one;
  };

  return Object.entries(document.paths as Json).flatMap(([path, item]) =>
    METHODS.filter(method => isObject((item as Json)[method])).map(method => {
      const operation = (item as Json)[method] as Json;
      const given = [...listOf(operation.parameters), ...listOf((item as Json).parameters)].map(meant);
      // The operation's own come first and stand for those of the path with the same name.
      const own = given.filter(
        (one, n) => given.findIndex(other => other.name === one.name && other.in === one.in) === n,
      );
      return {
        id: String(operation.operationId ?? `${method} ${path}`),
        method: method.toUpperCase(),
        // A query in a path (OpenAI writes `?beta=true`) is there to tell two operations apart.
        template: `${base.replace(/\/$/, '')}${path.split('?')[0]}`,
        hosts,
        parameters: own
          .filter(one => ['path', 'query', 'header'].includes(String(one.in)))
          .map(one => parameterOf(one, old)),
        body: old ? oldBody(own, operation, document) : newBody(meant(operation.requestBody)),
        replies: Object.fromEntries(
          Object.entries(operation.responses as Json).map(([status, reply]) => [status, mediaIn(meant(reply), old)]),
        ),
        resolve,
      };
    }),
  );
}

function parameterOf(one: Schema, old: boolean): Parameter {
  const schema = isObject(one.schema) ? one.schema : old ? one : {};
  const apart = old ? one.collectionFormat === 'multi' : one.explode !== false && (one.style ?? 'form') === 'form';
  return {
    name: String(one.name),
    in: one.in as Parameter['in'],
    required: one.required === true,
    // Swagger 2.0 writes `required` of a parameter where a schema would have its list.
    schema: old ? { ...schema, required: undefined } : schema,
    style: one.style === 'deepObject' ? 'deep' : one.in === 'query' && apart ? 'multi' : 'csv',
  };
}

const newBody = (body: Schema): Operation['body'] =>
  isObject(body.content) ? { required: body.required === true, media: mediaIn(body, false) } : null;

function oldBody(parameters: readonly Schema[], operation: Json, document: Json): Operation['body'] {
  const body = parameters.find(one => one.in === 'body');
  const form = parameters.filter(one => one.in === 'formData');
  const types = (operation.consumes ?? document.consumes ?? ['application/json']) as string[];
  if (body)
    return {
      required: body.required === true,
      media: Object.fromEntries(types.map(type => [type, body.schema as Schema])),
    };
  if (form.length === 0) return null;
  const properties = Object.fromEntries(form.map(one => [one.name, { ...one, required: undefined }]));
  const required = form.filter(one => one.required === true).map(one => one.name);
  return {
    required: required.length > 0,
    media: Object.fromEntries(types.map(type => [type, { type: 'object', properties, required }])),
  };
}

const mediaIn = (holder: Schema, old: boolean): Media => {
  if (old) return isObject(holder.schema) ? { 'application/json': holder.schema } : {};
  const content = isObject(holder.content) ? Object.entries(holder.content as { [type: string]: Json }) : [];
  return Object.fromEntries(content.map(([type, one]) => [type, isObject(one.schema) ? one.schema : {}]));
};
