import type { SenderFact, TemplateFact } from '@astrix/contract';
import { z } from 'zod';
import { type Failed, json } from '../../platform/egress/index.ts';
import { explainMeta } from '../meta/errors.ts';
import { readList, readListPage } from '../meta/lists.ts';
import { bearerKey } from '../oauth2.ts';
import { type Account, type Api, type Connector, otherAccount, type ReadResult } from '../provider.ts';
import { lastPage, mapRows, type ReadPage, type ReadRequest, readPage } from '../read.ts';
import { LIMIT_FIELD, NUMBER_FIELDS, PhoneNumber, senderOf, Template, templateOf } from './facts.ts';
import { WHATSAPP } from './manifest.ts';

const path = <P extends string>(rest: P) => `/${WHATSAPP.version}${rest}` as const;

async function readNumber(api: Api, number: string) {
  const ask = (fields: string) =>
    api.call({
      method: 'GET',
      path: path('/{number}'),
      parameters: { number },
      query: { fields },
      effect: 'read',
      reply: json(PhoneNumber),
    });
  const told = await ask(`${NUMBER_FIELDS},${LIMIT_FIELD}`);
  // The field is younger than the version that we speak: where Meta does not know it there, the number itself is still worth reading.
  const known = told.kind === 'permanent' && told.code === '100' ? await ask(NUMBER_FIELDS) : told;
  return known.kind === 'ok' && known.data.id !== number ? otherAccount : known;
}

/** The key reaches the number, and the number is one of the business account: templates would be those of somebody else otherwise. */
async function identify(api: Api): Promise<ReadResult<Account>> {
  const { phoneNumberId = '', businessAccountId = '' } = api.settings;
  const number = await readNumber(api, phoneNumberId);
  if (number.kind !== 'ok') return number;
  const owned = await readList(
    api,
    {
      path: path('/{account}/phone_numbers'),
      parameters: { account: businessAccountId },
      query: { fields: 'id', limit: 100 },
    },
    z.object({ id: z.string().max(30) }),
  );
  if (owned.kind !== 'ok') return owned;
  if (!owned.rows.some(({ id }) => id === phoneNumberId))
    return {
      kind: 'permanent',
      code: 'other-account',
      status: 200,
      reason: 'The number does not belong to this WhatsApp Business Account. Copy both IDs from the same page.',
    };
  const { id, verified_name, display_phone_number } = number.data;
  return {
    kind: 'ok',
    rows: [
      {
        id,
        name: verified_name || display_phone_number,
        detail: display_phone_number,
        settings: { businessAccountId },
      },
    ],
  };
}

async function readSender(api: Api): Promise<ReadPage<SenderFact> | Failed> {
  const number = await readNumber(api, api.account!.id);
  return number.kind === 'ok' ? lastPage([senderOf(number.data)]) : number;
}

/** One page of the templates. Meta has no filter by time. */
async function readTemplates(api: Api, { cursor, limit }: ReadRequest): Promise<ReadPage<TemplateFact> | Failed> {
  const page = await readListPage(
    api,
    {
      path: path('/{account}/message_templates'),
      parameters: { account: api.account!.settings.businessAccountId! },
      query: { limit: Math.min(limit ?? TEMPLATES, TEMPLATES) },
    },
    { row: Template, keyField: 'id', cursor },
  );
  return page.kind === 'ok' ? { ...readPage(mapRows(page, templateOf), page.next), ...page.pause } : page;
}

const TEMPLATES = 100;

/** What is read of a number. messaging.ts sends and receives. */
export const whatsapp: Connector = {
  sign: bearerKey(WHATSAPP.auth),
  explain: explainMeta,
  identify,
  reads: { messaging: readSender, templates: readTemplates },
};
