import type { z } from 'zod';
import { isInternal, isOfAgency, partsOf } from './audience.ts';
import { NEVER_ON_DEVICE } from './data-classes.ts';
import type { Feature } from './feature.ts';
import { RETENTION } from './retention.ts';
import { mustSayStepUp } from './route.ts';

/**
 * What is missing or contradictory in the declarations, one sentence each, naming the file to change. Backend and console refuse to
 * start with any of them (AZ-01, LC-05, RT-00).
 */
export function declarationFaults(features: readonly Feature[]): string[] {
  const collections = Object.assign({}, ...features.map(feature => feature.collections)) as Feature['collections'];
  return features.flatMap(feature => [
    ...collectionFaults(feature),
    ...writeFaults(feature, collections),
    ...permissionFaults(feature),
    ...audienceFaults(feature, collections),
    ...stepUpFaults(feature),
  ]);
}

const fileOf = ({ name }: Feature) => `contract/${name}/index.ts`;

function collectionFaults(feature: Feature): string[] {
  const faults: string[] = [];
  for (const [name, { row, scope, dataClass, retention }] of Object.entries(feature.collections)) {
    const says = (what: string) => void faults.push(`${fileOf(feature)}: the collection ${name} ${what}.`);
    const has = (field: string) => Object.hasOwn(row.shape, field);
    if (!has('id')) says('has rows without an id');
    if (scope !== 'agency' && !has('clientId')) says(`is of scope ${scope}, but its rows have no clientId`);
    if (RETENTION[retention].seconds !== null && !has('expiresAt'))
      says(`is of the retention class ${retention}, which has a period, but its rows have no expiresAt`);
    if (!(RETENTION[retention].classes as readonly string[]).includes(dataClass))
      says(`carries ${dataClass}, which the retention class ${retention} does not cover`);
    if ((NEVER_ON_DEVICE as readonly string[]).includes(dataClass))
      says(`carries ${dataClass}, which a console never stores; leave it out of the cache and read it by a route`);
  }
  return faults;
}

function writeFaults(feature: Feature, collections: Feature['collections']): string[] {
  const faults: string[] = [];
  for (const [key, write] of Object.entries(feature.writes)) {
    const says = (what: string) => void faults.push(`${fileOf(feature)}: the write ${key} ${what}.`);
    const route = feature.routes[key];
    if (!route) {
      says(`has no route of the same key`);
      continue;
    }
    if (route.auth !== 'session' || route.scope !== 'client')
      says('needs a route of a signed-in person and of one client');
    if (route.idempotency !== 'key') says("needs a route with idempotency 'key': it may be sent more than once");
    if (!Object.hasOwn(write.args.shape, 'clientId')) says('has arguments without the clientId of the screen (SH-21)');
    for (const name of [write.subject, write.answers])
      if (!Object.hasOwn(collections, name)) says(`names the collection ${name}, which no feature declares`);
  }
  return faults;
}

function permissionFaults(feature: Feature): string[] {
  const used = new Set(Object.values(feature.routes).map(route => route.permission));
  return [
    ...Object.values(feature.routes)
      .filter(({ permission }) => permission !== null && !Object.hasOwn(feature.permissions, permission))
      .map(
        ({ id, permission }) =>
          `${fileOf(feature)}: the route ${id} names the permission ${permission}, which the feature does not declare.`,
      ),
    ...Object.entries(feature.permissions)
      .filter(([name, roles]) => roles.length === 0 && !used.has(name))
      .map(([name]) => `${fileOf(feature)}: no role has the permission ${name}.`),
  ];
}

function stepUpFaults(feature: Feature): string[] {
  return Object.values(feature.routes).flatMap(route => {
    const says = (what: string) => [`${fileOf(feature)}: the route ${route.id} ${what}.`];
    if (route.stepUp && route.auth !== 'session') return says('asks for a step-up, and nobody has signed in there');
    if (route.stepUp === undefined && mustSayStepUp(route))
      return says(`writes the audit event ${route.audit} and does not say whether it needs a step-up (AU-12)`);
    return [];
  });
}

/** Rows for the agency alone stand in a reply that the staff of a client get only in a field that is declared internal. */
function audienceFaults(feature: Feature, collections: Feature['collections']): string[] {
  const kept = Object.entries(collections).filter(([, { audience }]) => audience === 'agency');
  return Object.values(feature.routes)
    .filter(({ permission }) => feature.permissions[permission ?? '']?.some(role => !isOfAgency(role)))
    .flatMap(({ id, reply }) =>
      kept
        .filter(([, { row }]) => shows(reply, row))
        .map(([name]) => `${fileOf(feature)}: the route ${id} shows rows of ${name} to the staff of a client.`),
    );
}

const shows = (schema: z.ZodType, row: z.ZodType): boolean =>
  !isInternal(schema) && (schema === row || partsOf(schema).some(([, part]) => shows(part, row)));
