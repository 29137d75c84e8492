import { z } from 'zod';
import { collection } from '../collection.ts';
import { defineFeature } from '../feature.ts';
import { Id, Instant, ShortText } from '../fields.ts';
import { ROLES, ROLES_THAT_WRITE } from '../roles.ts';
import { clientRead, clientWrite } from '../route.ts';
import { defineWrite } from '../write.ts';

export const ParcelRow = z.strictObject({
  id: Id,
  clientId: Id,
  /** What the carrier calls it. */
  awb: z.string().max(40),
  content: z.string().max(120),
  status: z.enum(['waiting', 'collected']),
  updatedAt: Instant,
  version: z.int().min(1),
  expiresAt: Instant,
});
export type ParcelRow = z.infer<typeof ParcelRow>;

const parcelParams = z.strictObject({ clientId: Id, parcelId: Id });
const FIRST_VERSION = 1;

/** Parcels that wait at the agency's desk until a client collects them. */
export const parcels = defineFeature('parcels', {
  permissions: { 'parcel.read': ROLES, 'parcel.edit': ROLES_THAT_WRITE },
  collections: {
    parcels: collection(ParcelRow, {
      scope: 'client',
      dataClass: 'logistics',
      retention: 'temporary-file',
      listed: row => ({ at: row.updatedAt, status: row.status, words: `${row.awb} ${row.content}` }),
    }),
  },
  routes: {
    list: clientRead({
      path: '/v1/clients/:clientId/parcels',
      summary: 'Parcels of a client, newest first',
      permission: 'parcel.read',
      dataClasses: ['logistics'],
      reply: z.strictObject({ parcels: z.array(ParcelRow) }),
    }),
    add: clientWrite({
      method: 'POST',
      path: '/v1/clients/:clientId/parcels',
      summary: 'Note down a parcel that arrived',
      permission: 'parcel.edit',
      dataClasses: ['logistics'],
      audit: 'parcel.add',
      params: z.strictObject({ clientId: Id }),
      body: z.strictObject({ parcelId: Id, awb: ShortText.pipe(z.string().max(40)), content: ShortText }),
      reply: ParcelRow,
      replyStatus: 201,
    }),
    collect: clientWrite({
      method: 'PUT',
      path: '/v1/clients/:clientId/parcels/:parcelId/collected',
      summary: 'The client has collected it',
      permission: 'parcel.edit',
      dataClasses: ['logistics'],
      audit: 'parcel.collect',
      params: parcelParams,
      reply: ParcelRow,
    }),
  },
  writes: {
    add: defineWrite({
      args: z.strictObject({ clientId: Id, awb: ShortText, content: ShortText }),
      complete: (_, { newId }) => ({ parcelId: newId() }),
      subject: 'parcels',
      row: ParcelRow,
      subjectId: ({ parcelId }) => parcelId,
      answers: 'parcels',
      request: ({ parcelId, awb, content }) => ({ params: {}, body: { parcelId, awb, content } }),
      creates: ({ parcelId, clientId, awb, content }, { createdAt }): ParcelRow => ({
        id: parcelId,
        clientId,
        awb,
        content,
        status: 'waiting',
        updatedAt: createdAt,
        version: FIRST_VERSION,
        expiresAt: new Date(Date.parse(createdAt) + 14 * 86_400_000).toISOString(),
      }),
      label: 'Parcel',
      says: ({ awb }) => `Add parcel ${awb}`,
    }),
    collect: defineWrite({
      args: z.strictObject({ clientId: Id, parcelId: Id }),
      subject: 'parcels',
      row: ParcelRow,
      subjectId: ({ parcelId }) => parcelId,
      answers: 'parcels',
      request: ({ parcelId }) => ({ params: { parcelId } }),
      overlay: (row): ParcelRow => ({ ...row, status: 'collected' }),
      label: 'Parcel',
      says: () => 'Mark a parcel as collected',
    }),
  },
});
