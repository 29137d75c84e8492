import { follow, isObject, listOf } from './schema.ts';
import { readSpec } from './specs.ts';
import type { Json, Schema } from './types.ts';

/**
 * The newest whole document of Stripe that could be had is of 2023; one example of every resource is of today. Where the two differ the
 * examples are right: fields they have are added with the kind they have there, fields they lack are no longer required.
 */
export function modernise(document: Json): Json {
  const schemas = (document.components as { readonly schemas: Record<string, Schema> }).schemas;
  const resolve = (ref: string) => schemas[ref.split('/').at(-1)!];
  const { resources } = readSpec('stripe', 'fixtures3.json') as { readonly resources: Readonly<Record<string, Json>> };

  const amend = (schema: Schema, value: unknown): void => {
    const rule = follow(schema, resolve) as Record<string, unknown>;
    if (Array.isArray(value) && isObject(rule.items)) for (const item of value) amend(rule.items, item);
    if (!isObject(value)) return;
    for (const branch of [...listOf(rule.anyOf), ...listOf(rule.oneOf)])
      if (fits(branch, value, resolve)) amend(branch, value);
    if (Array.isArray(rule.required)) rule.required = rule.required.filter(name => name in value);
    if (isObject(rule.properties)) members(rule.properties as Record<string, Schema>, value);
  };
  const members = (properties: Record<string, Schema>, value: Schema): void => {
    for (const [name, member] of Object.entries(value)) {
      const known = properties[name];
      if (known === undefined) properties[name] = kindOf(member);
      else if (member !== null) amend(known, member);
      else if (follow(known, resolve).nullable !== true) properties[name] = { anyOf: [known, { type: 'null' }] };
    }
  };
  for (const [name, value] of Object.entries(resources)) if (schemas[name]) amend(schemas[name], value);
  return document;
}

/** Of the resources that stand for each other the one that names itself. */
const fits = (branch: Schema, value: Schema, resolve: (ref: string) => Schema | undefined): boolean => {
  const { properties } = follow(branch, resolve) as { readonly properties?: Readonly<Record<string, Schema>> };
  if (!properties) return false;
  const names = properties.object?.enum;
  return Array.isArray(names) ? names.includes(value.object) : value.object === undefined;
};

/** An example of nothing (`null`, an empty list) says nothing about what else it may be. */
const kindOf = (value: unknown): Schema => {
  if (value === null) return {};
  if (Array.isArray(value)) return { type: 'array', nullable: true };
  return { type: typeof value === 'number' ? 'number' : typeof value, nullable: true };
};
