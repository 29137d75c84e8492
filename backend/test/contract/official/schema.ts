/**
 * Holds a value against a schema of an official document. Not Ajv, because the three dialects are read as they are (no rewriting of 4 MB),
 * an object is closed over all its `allOf` parts, only what a value reaches is looked at, and of `anyOf` the nearest branch is reported.
 * schema.test.ts holds it against Ajv.
 */
import { formatFault } from './formats.ts';
import type { Resolve, Schema } from './types.ts';

export type Fault = { readonly at: string; readonly says: string };
export type Judge = {
  readonly resolve: Resolve;
  /** A property that the document does not know is a fault. */
  readonly closed: boolean;
  readonly direction: 'request' | 'reply';
  /** Query and form: every scalar arrives as text and counts when it reads as the type that is asked for. */
  readonly text?: boolean;
  /** Meta: lists and objects arrive as JSON text, or lists with commas. */
  readonly jsonText?: boolean;
};

export const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** The schema that a `$ref` leads to, together with what stands beside the reference. */
export function follow(schema: Schema, resolve: Resolve): Schema {
  let at = schema;
  for (let n = 0; typeof at.$ref === 'string' && n < 50; n++) {
    const { $ref, ...beside } = at;
    const target = resolve($ref as string);
    if (!target) return {};
    // A reference beside which only words stand is the target itself, so that caches by identity hold.
    const rules = Object.keys(beside).filter(key => RULES.has(key));
    at = rules.length === 0 ? target : { ...target, ...Object.fromEntries(rules.map(key => [key, beside[key]])) };
  }
  return at;
}
const RULES = new Set(['nullable', 'x-nullable', 'enum', 'const', 'type', 'required', 'properties', 'minLength']);

/** The types a schema allows by itself; empty means any. */
export const typesOf = (schema: Schema): readonly string[] => {
  const types = Array.isArray(schema.type) ? (schema.type as string[]) : schema.type ? [String(schema.type)] : [];
  if (types.includes('any') || types.includes('file')) return [];
  return types.length > 0 && (schema.nullable === true || schema['x-nullable'] === true) ? [...types, 'null'] : types;
};

export function judge(schema: Schema | boolean, value: unknown, at: string, how: Judge, inner = false): Fault[] {
  if (typeof schema === 'boolean') return schema ? [] : [{ at, says: 'is not allowed here' }];
  const rule = follow(schema, how.resolve);
  if (value === null && (rule.nullable === true || rule['x-nullable'] === true)) return [];
  if (how.text && typeof value === 'string') return judgeText(rule, value, at, how);
  return [...judgeKind(rule, value, at, how), ...judgeParts(rule, value, at, how, inner)];
}

const judgeKind = (rule: Schema, value: unknown, at: string, how: Judge): Fault[] => {
  const types = typesOf(rule);
  // Google writes an int64 as a string and reads it as a number as well (the JSON mapping of proto3).
  const long = rule.type === 'string' && /^u?int64$/.test(String(rule.format));
  if (long && how.direction === 'request' && Number.isSafeInteger(value)) return [];
  if (types.length > 0 && !types.some(type => isOf(type, value)))
    return [{ at, says: `is ${shown(value)}, and ${types.join(' or ')} is expected` }];
  const choices = 'const' in rule ? [rule.const] : Array.isArray(rule.enum) ? rule.enum : null;
  if (choices && !choices.some(choice => same(choice, value)))
    return [{ at, says: `is ${shown(value)}, and only ${some(choices.map(shown), shown(value))} is allowed` }];
  return typeof value === 'string' ? [...stringFaults(rule, value, at)] : numberFaults(rule, value, at);
};

function judgeParts(rule: Schema, value: unknown, at: string, how: Judge, inner: boolean): Fault[] {
  const combined = listOf(rule.allOf).length > 0 || isObject(rule.properties);
  const branch = inner || combined;
  const faults = listOf(rule.allOf).flatMap(part => judge(part, value, at, how, true));
  for (const key of ['anyOf', 'oneOf'] as const) {
    const branches = listOf(rule[key]);
    if (branches.length > 0) faults.push(...nearest(branches.map(one => judge(one, value, at, how, branch))));
  }
  if (isObject(rule.not) && judge(rule.not, value, at, how, true).length === 0)
    faults.push({ at, says: 'is what the document rules out' });
  if (isObject(rule.if)) {
    const next = judge(rule.if, value, at, how, true).length === 0 ? rule.then : rule.else;
    if (isObject(next)) faults.push(...judge(next, value, at, how, true));
  }
  if (Array.isArray(value)) faults.push(...judgeItems(rule, value, at, how));
  else if (isObject(value)) faults.push(...judgeMembers(rule, value, at, how, inner));
  return faults;
}

function judgeItems(rule: Schema, value: readonly unknown[], at: string, how: Judge): Fault[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = rule as { minItems?: number; maxItems?: number };
  const size =
    value.length < minItems || value.length > maxItems
      ? [{ at, says: `has ${value.length} items, and ${minItems} to ${maxItems} are allowed` }]
      : [];
  if (!isObject(rule.items)) return size;
  const items = rule.items;
  return [...size, ...value.flatMap((item, n) => judge(items, item, `${at}[${n}]`, how))];
}

function judgeMembers(rule: Schema, value: Schema, at: string, how: Judge, inner: boolean): Fault[] {
  const properties = isObject(rule.properties) ? (rule.properties as { [name: string]: Schema }) : {};
  const other = how.direction === 'request' ? 'readOnly' : 'writeOnly';
  const faults: Fault[] = [];
  for (const name of Array.isArray(rule.required) ? (rule.required as string[]) : [])
    if (value[name] === undefined && properties[name]?.[other] !== true)
      faults.push({ at: `${at}.${name}`, says: 'is missing' });
  const extra = isObject(rule.additionalProperties) ? rule.additionalProperties : null;
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const own = Object.hasOwn(properties, name) ? properties[name] : patternOf(rule, name);
    if (own !== undefined) faults.push(...judge(own, member, `${at}.${name}`, how));
    else if (extra) faults.push(...judge(extra, member, `${at}.${name}`, how));
  }
  if (inner) return faults;
  // Where the branches say everything, each of them has closed itself.
  const branches = !isObject(rule.properties) && !rule.allOf && (rule.anyOf ?? rule.oneOf);
  if (branches && rule.additionalProperties !== false) return faults;
  const known = namesOf(rule, how.resolve);
  if (known.open || !(how.closed || rule.additionalProperties === false)) return faults;
  for (const name of Object.keys(value))
    if (!known.names.has(name) && value[name] !== undefined && !known.patterns.some(like => like.test(name)))
      faults.push({ at: `${at}.${name}`, says: `is not in the document (known: ${some([...known.names], name)})` });
  return faults;
}

const patternOf = (rule: Schema, name: string): Schema | undefined => {
  const patterns = isObject(rule.patternProperties) ? Object.entries(rule.patternProperties) : [];
  return patterns.find(([like]) => pattern(like).test(name))?.[1] as Schema | undefined;
};

type Names = { readonly names: Set<string>; readonly patterns: RegExp[]; open: boolean };
const cache = new WeakMap<Schema, Names>();

/** All properties that a schema speaks of, its parts included; open when one part takes any, or when none speaks of properties. */
export function namesOf(schema: Schema, resolve: Resolve): Names {
  const rule = follow(schema, resolve);
  const seen = cache.get(rule);
  if (seen) return seen;
  const found: Names = { names: new Set(), patterns: [], open: false };
  cache.set(rule, found);
  const extra = rule.additionalProperties;
  if (extra === true || isObject(extra)) found.open = true;
  if (isObject(rule.properties)) for (const name of Object.keys(rule.properties)) found.names.add(name);
  if (isObject(rule.patternProperties)) found.patterns.push(...Object.keys(rule.patternProperties).map(pattern));
  const parts = [rule.allOf, rule.anyOf, rule.oneOf].flatMap(listOf);
  for (const one of [...parts, ...[rule.then, rule.else].filter(isObject)]) {
    const inside = namesOf(one, resolve);
    for (const name of inside.names) found.names.add(name);
    found.patterns.push(...inside.patterns);
    // A part of only `required`, as in "one of these two", says nothing about which others there may be.
    if (inside.open && (isObject(follow(one, resolve).additionalProperties) || saysOpen(follow(one, resolve))))
      found.open = true;
  }
  if (found.names.size === 0 && found.patterns.length === 0 && extra !== false) found.open = true;
  return found;
}
const saysOpen = (rule: Schema) => rule.additionalProperties === true || (rule.type === 'object' && !rule.properties);

/** The branch that comes nearest: none wrong, else the one that goes wrong deepest, then the one with least to mend. */
export function nearest(branches: readonly Fault[][]): Fault[] {
  const depth = (faults: Fault[]) => Math.min(...faults.map(({ at }) => at.split(/[.[]/).length));
  return branches.toSorted((a, b) => {
    if (a.length === 0 || b.length === 0) return a.length - b.length;
    return depth(b) - depth(a) || a.length - b.length;
  })[0]!;
}

/** Every way to read a text that arrives in a query or a form. */
function judgeText(rule: Schema, text: string, at: string, how: Judge): Fault[] {
  const plain = { ...how, text: false };
  const readings: unknown[] = [text];
  if (/^-?\d+(\.\d+)?$/.test(text)) readings.push(Number(text));
  if (text === 'true' || text === 'false') readings.push(text === 'true');
  if (text === '') readings.push(null);
  const structured = typesOf(rule).some(type => type === 'array' || type === 'object');
  if (how.jsonText && (structured || rule.type === undefined)) {
    try {
      readings.push(JSON.parse(text));
    } catch {
      readings.push(text.split(','));
    }
  }
  const all = readings.map(reading => judge(rule, reading, at, plain));
  const good = all.find(faults => faults.length === 0);
  const meant = readings.findIndex(reading => typesOf(rule).some(type => isOf(type, reading)));
  return good ?? (meant < 0 ? nearest(all) : all[meant]!);
}

function stringFaults(rule: Schema, value: string, at: string): Fault[] {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = rule as { minLength?: number; maxLength?: number };
  const length = [...value].length;
  if (length < minLength || length > maxLength)
    return [{ at, says: `has ${length} characters, and ${minLength} to ${maxLength} are allowed` }];
  if (typeof rule.pattern === 'string' && !pattern(rule.pattern).test(value))
    return [{ at, says: `is ${shown(value)}, and ${rule.pattern} is expected` }];
  const fault = typeof rule.format === 'string' ? formatFault(rule.format, value) : null;
  return fault ? [{ at, says: `is ${shown(value)}, and ${fault} is expected` }] : [];
}

function numberFaults(rule: Schema, value: unknown, at: string): Fault[] {
  if (typeof value !== 'number') return [];
  const bound = (key: string) => (rule[key] === undefined ? null : Number(rule[key]));
  const [low, high] = [bound('minimum'), bound('maximum')];
  const over = typeof rule.exclusiveMinimum === 'number' ? value <= rule.exclusiveMinimum : false;
  const under = typeof rule.exclusiveMaximum === 'number' ? value >= rule.exclusiveMaximum : false;
  const tooLow = low !== null && (value < low || (rule.exclusiveMinimum === true && value === low));
  const tooHigh = high !== null && (value > high || (rule.exclusiveMaximum === true && value === high));
  if (tooLow || tooHigh || over || under)
    return [{ at, says: `is ${value}, and ${low ?? 'anything'} to ${high ?? 'anything'} is allowed` }];
  if (rule.format === 'int32' && Math.abs(value) > 2 ** 31) return [{ at, says: `is ${value}, which is no int32` }];
  return [];
}

const isOf = (type: string, value: unknown): boolean => {
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return isObject(value);
  const kind = typeof value;
  return kind === type;
};

const patterns = new Map<string, RegExp>();
/** Documents are written for other dialects of regular expressions; one that JavaScript cannot read checks nothing. */
const pattern = (source: string): RegExp => {
  const known = patterns.get(source);
  if (known) return known;
  let made = /^/;
  try {
    made = new RegExp(source, 'u');
  } catch {
    try {
      made = new RegExp(source);
    } catch {}
  }
  patterns.set(source, made);
  return made;
};

const same = (a: unknown, b: unknown) => a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b));
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
/** A list for a sentence: a dozen names, those first that begin like the wrong one. */
export const some = (names: readonly string[], wrong = ''): string => {
  const alike = (name: string) => [...name].findIndex((char, n) => char !== wrong[n]) >>> 0;
  const sorted = wrong === '' ? names : names.toSorted((a, b) => alike(b) - alike(a));
  return names.length > 12
    ? `${sorted.slice(0, 12).join(', ')} and ${names.length - 12} more`
    : sorted.join(', ') || 'none';
};
