import { DEMO_CLIENTS } from '../../src/demo/people.ts';
import { bearerOf, type Imitation } from '../imitation.ts';
import { GRAPH, type GraphCall, notThere, paged, picked, refuse } from './meta.ts';

const MEDIA_HOST = 'lookaside.fbsbx.com';
const ACCOUNT = '100000000000001';
const V = '/v23.0';

const NUMBERS = DEMO_CLIENTS.map(({ accountId, phone, replyAs }, n) => ({
  id: accountId,
  display_phone_number: `+91 ${phone.slice(2, 7)} ${phone.slice(7)}`,
  verified_name: replyAs,
  quality_rating: ['GREEN', 'GREEN', 'YELLOW', 'RED', 'NA'][n % 5]!,
  code_verification_status: 'VERIFIED',
  status: 'LINKED',
  whatsapp_business_manager_messaging_limit: n % 2 === 0 ? 'TIER_2K' : 'TIER_UNLIMITED',
}));

const template = (
  n: number,
  name: string,
  language: string,
  category: string,
  status: string,
  body: string,
  footer?: string,
) => ({
  id: String(1_192_339_204_654_000 + n),
  name,
  language,
  status,
  category,
  components: [
    { type: 'BODY', text: body },
    ...(footer ? [{ type: 'FOOTER', text: footer }] : []),
    ...(category === 'MARKETING'
      ? [{ type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Stop promotions' }] }]
      : []),
  ],
});
const TEMPLATES = [
  template(
    1,
    'order_shipped',
    'en',
    'UTILITY',
    'APPROVED',
    'Hi {{1}}, your order {{2}} is on its way. Track it here: {{3}}',
  ),
  template(2, 'order_shipped', 'hi', 'UTILITY', 'APPROVED', 'नमस्ते {{1}}, आपका ऑर्डर {{2}} भेज दिया गया है। यहाँ देखें: {{3}}'),
  template(
    3,
    'cod_confirm',
    'en',
    'UTILITY',
    'APPROVED',
    'Please confirm your COD order {{order_id}} of ₹{{amount}}. Reply YES for {{order_id}}.',
  ),
  template(
    4,
    'diwali_sale',
    'en',
    'MARKETING',
    'PAUSED',
    'Happy Diwali, {{1}}! Get {{2}}% off until Sunday.',
    'Not interested? Tap Stop promotions',
  ),
  template(5, 'diwali_sale', 'hi', 'MARKETING', 'REJECTED', 'शुभ दीपावली, {{1}}! रविवार तक {{2}}% की छूट।'),
  template(6, 'login_code', 'en', 'AUTHENTICATION', 'APPROVED', '{{1}} is your verification code.'),
  template(7, 'return_pickup', 'en', 'UTILITY', 'PENDING', 'The courier comes for your return on {{1}}.'),
  template(8, 'return_pickup', 'hi', 'UTILITY', 'PENDING', 'कूरियर {{1}} को वापसी लेने आएगा।'),
  template(9, 'feedback', 'en', 'UTILITY', 'APPROVED', 'How was your order? Reply with a number from 1 to 5.'),
  template(10, 'old_offer', 'en', 'MARKETING', 'DISABLED', 'Last day of our summer offer.'),
  template(11, 'restock', 'en', 'MARKETING', 'IN_APPEAL', '{{1}} is back in stock.'),
];

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAE' + 'AAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
/** Files of the last week: a picture, one that is too large, a program, and one whose address leads elsewhere. */
const FILES = [
  { id: '300000000000001', mime_type: 'image/png', file_size: PIXEL.length, host: MEDIA_HOST },
  { id: '300000000000002', mime_type: 'video/mp4', file_size: 40_000_000, host: MEDIA_HOST },
  { id: '300000000000003', mime_type: 'application/x-msdownload', file_size: 1000, host: MEDIA_HOST },
  { id: '300000000000004', mime_type: 'image/png', file_size: PIXEL.length, host: 'lookaside.fbsbx.com.evil.example' },
];
const keysOf = (id: string) => `mid=${id}&ext=1795000000&hash=AT${id}`;

/** WhatsApp Cloud API, what is read of it; sending and deliveries are in server.ts. */
export const imitation: Imitation = {
  provider: 'whatsapp',
  forms: NUMBERS.map(({ id }) => ({
    token: 'EAAGsandbox-token-of-a-system-user',
    phoneNumberId: id,
    businessAccountId: ACCOUNT,
  })),
  hint: `A token that begins with EAAG works, any other one is refused. Phone number IDs are ${NUMBERS[0]!.id} to ${NUMBERS.at(-1)!.id}, the business account is ${ACCOUNT}.`,
  serve(app) {
    const admitted = (call: GraphCall) => bearerOf(call)?.startsWith('EAAG') === true;
    const dead =
      'Error validating access token: The session has been invalidated because the user changed their password.';

    app.get(`${V}/:id`, GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(call)) return refuse(reply, 190, dead, 460, 401);
      const number = NUMBERS.find(({ id }) => id === call.params.id);
      if (number) return picked(number, call.query.fields) ?? refuse(reply, 100, 'Tried accessing nonexisting field');
      const file = FILES.find(({ id }) => id === call.params.id);
      if (!file) return notThere(reply, call.params.id);
      return {
        messaging_product: 'whatsapp',
        id: file.id,
        mime_type: file.mime_type,
        file_size: String(file.file_size),
        sha256: '0'.repeat(64),
        url: `https://${file.host}/whatsapp_business/attachments/?${keysOf(file.id)}`,
      };
    });
    app.get(`${V}/:id/phone_numbers`, GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(call)) return refuse(reply, 190, dead, 460, 401);
      if (call.params.id !== ACCOUNT) return notThere(reply, call.params.id);
      // Number and status come always.
      const fields = `display_phone_number,status,${call.query.fields ?? ''}`;
      return paged(
        NUMBERS.map(number => picked(number, fields)!),
        call,
        5,
      );
    });
    app.get(`${V}/:id/message_templates`, GRAPH, async (request, reply) => {
      const call = request as GraphCall;
      if (!admitted(call)) return refuse(reply, 190, dead, 460, 401);
      return call.params.id === ACCOUNT ? paged(TEMPLATES, call, 5) : notThere(reply, call.params.id);
    });
    app.get('/whatsapp_business/attachments/', { constraints: { host: MEDIA_HOST } }, async (request, reply) => {
      const call = request as GraphCall;
      const file = FILES.find(({ id }) => keysOf(id) === call.url.split('?')[1]);
      if (!admitted(call) || !file) return reply.code(404).send();
      return reply.type(file.mime_type).send(PIXEL);
    });
  },
};
