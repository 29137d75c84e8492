import { sample } from './sample.ts';
import { follow, isObject, type Judge, judge, listOf, typesOf } from './schema.ts';
import type { Schema } from './types.ts';

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-05T09:30:00.000Z',
  'google-datetime': '2026-01-05T09:30:00.000Z',
  'google-duration': '1s',
  date: '2026-01-05',
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  email: 'asha@example.com',
  int64: '1',
  uint64: '1',
  byte: 'QQ==',
};

/**
 * A value that the schema allows, the same every time: its own example, default or first choice where that fits, else the smallest shape.
 * Members that are not required appear down to three levels, so that a mapper has something to read and circles end.
 */
export function exampleOf(schema: Schema, how: Judge, depth = 0): unknown {
  const rule = follow(schema, how.resolve);
  for (const given of givenIn(rule)) if (judge(rule, given, '', how).length === 0) return given;
  if ('const' in rule) return rule.const;
  if (Array.isArray(rule.enum))
    return rule.enum.find(one => !/UNSPECIFIED$|^UNKNOWN$/.test(String(one))) ?? rule.enum[0];
  const branches = [...listOf(rule.anyOf), ...listOf(rule.oneOf)];
  const types = typesOf(rule);
  const shaped = isObject(rule.properties) || listOf(rule.allOf).length > 0 || types.includes('object');
  if (branches.length > 0 && !shaped) {
    const all = branches.map(branch => exampleOf(branch, how, depth + 1));
    return all.find(value => judge(rule, value, '', how).length === 0) ?? all[0];
  }
  if (shaped) return objectOf(rule, how, depth);
  switch (types[0]) {
    case 'array':
      return Array.from({ length: Math.max(Number(rule.minItems ?? 0), depth < 4 ? 1 : 0) }, () =>
        exampleOf(isObject(rule.items) ? rule.items : {}, how, depth),
      );
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return Number(rule.minimum ?? 1) + (rule.exclusiveMinimum === true ? 1 : 0);
    case 'null':
      return null;
    case 'string':
      return textOf(rule);
    default:
      return {};
  }
}

const givenIn = (rule: Schema): readonly unknown[] => {
  const many = Array.isArray(rule.examples) ? rule.examples : [];
  return ['example' in rule ? [rule.example] : [], many, 'default' in rule ? [rule.default] : []].flat();
};

const ONWARD = /^(next|previous)(_?(page|token|link|cursor).*)?$/i;
const LAST = /^(is_?last(_?page)?)$/i;

function objectOf(rule: Schema, how: Judge, depth: number): unknown {
  const whole: Record<string, unknown> = {};
  // A branch of an object is part of it; the first is as good as any.
  for (const part of [...listOf(rule.allOf), ...listOf(rule.oneOf).slice(0, 1), ...listOf(rule.anyOf).slice(0, 1)]) {
    const value = exampleOf(part, { ...how, closed: false }, depth);
    if (isObject(value)) Object.assign(whole, value);
    else if (value !== undefined && !isObject(rule.properties)) return value;
  }
  const required = new Set(Array.isArray(rule.required) ? (rule.required as string[]) : []);
  const properties = isObject(rule.properties) ? Object.entries(rule.properties as { [name: string]: Schema }) : [];
  for (const [name, member] of properties) {
    // An example is the last page: who follows pages to their end comes to it.
    if (!required.has(name) && ONWARD.test(name)) continue;
    if (LAST.test(name)) {
      whole[name] = true;
      continue;
    }
    if (member.writeOnly === true || (!required.has(name) && depth > 2)) continue;
    const nullable = follow(member, how.resolve).nullable === true;
    whole[name] = depth > 4 && nullable ? null : depth > 9 ? {} : exampleOf(member, how, depth + 1);
  }
  return whole;
}

function textOf(rule: Schema): string {
  const format = TEXTS[String(rule.format)];
  if (format !== undefined) return format;
  if (typeof rule.pattern === 'string') {
    const text = sample(rule.pattern);
    if (judge(rule, text, '', { resolve: () => undefined, closed: false, direction: 'reply' }).length === 0)
      return text;
  }
  return 'text'.padEnd(Number(rule.minLength ?? 0), 'x').slice(0, Number(rule.maxLength ?? 5000));
}
