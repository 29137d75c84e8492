import { isObject, listOf } from './schema.ts';
import type { Json, Media, Operation, Parameter, Schema } from './types.ts';

/** Google's error reply; AIP-193 describes it once for all APIs, the discovery documents leave it out. */
export const GOOGLE_ERROR: Schema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'integer' },
        message: { type: 'string' },
        status: { type: 'string', pattern: '^[A-Z_]+$' },
        // The older APIs (Drive, Calendar, YouTube) write `errors`, the newer ones `details`; some write both.
        errors: { type: 'array', items: { type: 'object', required: ['message', 'domain', 'reason'] } },
        details: { type: 'array', items: { type: 'object', required: ['@type'] } },
      },
    },
  },
};

/** The operations of a Google discovery document; its uploads too. */
export function discoveryOperations(document: Json): readonly Operation[] {
  const schemas = document.schemas as { readonly [name: string]: Schema };
  const resolve = (ref: string) => schemas[ref];
  const host = new URL(String(document.rootUrl)).hostname;
  const everywhere = isObject(document.parameters) ? document.parameters : {};
  const json = (holder: unknown): Schema | null => (isObject(holder) ? { $ref: holder.$ref } : null);

  const operationOf = (method: Json): readonly Operation[] => {
    const template = `/${document.servicePath ?? ''}${method.flatPath ?? method.path}`;
    const parameters = Object.entries({ ...everywhere, ...(isObject(method.parameters) ? method.parameters : {}) })
      .map(([name, one]) => parameterOf(name, one as Schema))
      // The flat path has pieces of its own for a name like `properties/1`.
      .filter(one => one.in !== 'path' || template.includes(`{${one.name}}`));
    const request = json(method.request);
    const response = json(method.response);
    const required = request ? requiredIn(schemas[String(request.$ref)], String(method.id)) : [];
    const schema: Schema | null = request && (required.length > 0 ? { allOf: [request], required } : request);
    const file: Media = method.supportsMediaDownload === true ? { '*/*': {} } : {};
    const one: Operation = {
      id: String(method.id),
      method: String(method.httpMethod),
      template,
      hosts: [host],
      parameters,
      body: schema && { required: false, media: { 'application/json': schema } },
      replies: {
        200: response ? { 'application/json': response, ...file } : { ...file, 'application/json': {} },
        204: {},
      },
      resolve,
    };
    const protocols =
      isObject(method.mediaUpload) && isObject(method.mediaUpload.protocols) ? method.mediaUpload.protocols : {};
    const uploads = [...new Set(Object.values(protocols).map(protocol => String((protocol as Json).path)))];
    return [one, ...uploads.map(path => uploadOf(one, path, schema ?? {}))];
  };

  const walk = (resource: Json): readonly Operation[] => [
    ...listOf(Object.values((resource.methods as Json | undefined) ?? {})).flatMap(operationOf),
    ...listOf(Object.values((resource.resources as Json | undefined) ?? {})).flatMap(walk),
  ];
  return walk(document);
}

/** Metadata and file together, the file alone, or (resumable) the metadata first. */
const uploadOf = (one: Operation, path: string, metadata: Schema): Operation => ({
  ...one,
  id: `${one.id}:${path.startsWith('/resumable') ? 'resumable' : 'upload'}`,
  template: path,
  parameters: one.parameters.map(parameter =>
    parameter.name === 'uploadType'
      ? { ...parameter, required: true, schema: { type: 'string', enum: ['media', 'multipart', 'resumable'] } }
      : parameter,
  ),
  body: {
    required: false,
    media: {
      'multipart/related': { type: 'object', required: ['0', '1'], properties: { 0: metadata, 1: {} } },
      'application/json': metadata,
      '*/*': {},
    },
  },
});

const parameterOf = (name: string, one: Schema): Parameter => {
  const { required, repeated, ...schema } = one;
  return {
    name,
    in: one.location as Parameter['in'],
    required: required === true,
    schema: repeated === true ? { type: 'array', items: schema } : schema,
    style: 'multi',
  };
};

/** Properties that the document asks for in one method only, as `annotations.required` says. */
const requiredIn = (schema: Schema | undefined, method: string): readonly string[] =>
  Object.entries(isObject(schema?.properties) ? schema.properties : {})
    .filter(
      ([, one]) =>
        isObject(one) &&
        isObject(one.annotations) &&
        (one.annotations.required as string[] | undefined)?.includes(method),
    )
    .map(([name]) => name);
