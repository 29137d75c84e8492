import type { Fault } from '@astrix/contract';
import { clamp } from '../json.ts';
import { OUT_OF_REACH } from '../meta/errors.ts';

/** What an admin does at Meta; reconnecting would not change it. */
const REGISTER = 'Ask an admin to register the number in WhatsApp Manager. Then send it again.';
const AGAIN = 'Send it again in some minutes. If it happens again, send the code to an admin.';
const RECONNECT = 'Ask an admin to reconnect the channel.';
const META_SUPPORT = 'Ask an admin to look into Meta Business Support.';
const WAIT = 'Wait a minute, then send it again.';
const TEMPLATE = 'Ask an admin to check the template in WhatsApp Manager, or write plain text.';

const KNOWN: Readonly<Record<number, Omit<Fault, 'code'>>> = {
  10: { reason: 'The connection to WhatsApp may not send messages.', next: RECONNECT },
  4: { reason: 'WhatsApp allows no more calls of this app for now.', next: 'Send it again in an hour.' },
  33: { reason: 'The connection may not send from this number, or not any more.', next: RECONNECT },
  190: { reason: 'WhatsApp no longer accepts the credential of this number.', next: RECONNECT },
  368: { reason: 'WhatsApp has restricted this business for breaking a policy.', next: META_SUPPORT },
  130429: { reason: 'This number is sending faster than WhatsApp allows.', next: WAIT },
  130472: {
    reason: 'WhatsApp is holding marketing back from this customer.',
    next: 'Wait for the customer to write, then answer.',
  },
  130497: {
    reason: 'This business may not write to customers in this country.',
    next: 'Contact the customer another way.',
  },
  131005: { reason: 'The connection to WhatsApp may not send messages.', next: RECONNECT },
  131000: { reason: 'WhatsApp could not send it, because of a fault of its own.', next: AGAIN },
  131021: { reason: 'The customer’s number is the business’s own.', next: 'Write to another number.' },
  131026: {
    reason: 'This customer cannot receive the message.',
    next: 'They may not use WhatsApp on this number, or have blocked the business. Contact them another way.',
  },
  131030: {
    reason: 'This is a test number, and the customer is not on its list.',
    next: 'Ask an admin to add the customer in the App Dashboard, or to connect a real number.',
  },
  131031: { reason: 'WhatsApp has locked this business account.', next: META_SUPPORT },
  131016: { reason: 'WhatsApp is not available at the moment.', next: AGAIN },
  131037: {
    reason: 'WhatsApp has not approved the display name of this number.',
    next: 'Ask an admin to check the display name in WhatsApp Manager.',
  },
  131042: {
    reason: 'WhatsApp has a payment problem with this business account.',
    next: 'Ask an admin to check billing in Meta Business Suite.',
  },
  131045: { reason: 'This number is not registered with WhatsApp.', next: REGISTER },
  131047: {
    reason: 'The 24-hour reply window has closed.',
    next: 'Send an approved template, or wait for the customer to write again.',
  },
  131048: {
    reason: 'WhatsApp is holding this number back because customers reported or blocked it.',
    next: 'Do not send more today. Ask an admin to look at the quality of the number.',
  },
  131049: {
    reason: 'WhatsApp held the message back to protect the customer from too many messages.',
    next: 'Do not send it again today. Wait for the customer to write.',
  },
  131050: {
    reason: 'The customer has stopped marketing messages from this business.',
    next: 'Write only about their own request.',
  },
  131051: { reason: 'WhatsApp does not accept this type of message.', next: 'Send it as text.' },
  131057: { reason: 'WhatsApp is maintaining this business account.', next: AGAIN },
  131056: { reason: 'Too many messages went to this customer in a short time.', next: WAIT },
  132000: { reason: 'The template was filled in wrongly.', next: TEMPLATE },
  132001: { reason: 'The template does not exist, or is not approved in this language.', next: TEMPLATE },
  132005: { reason: 'The filled-in template is too long.', next: TEMPLATE },
  132007: { reason: 'The template breaks a policy of WhatsApp.', next: TEMPLATE },
  132012: { reason: 'The template was filled in wrongly.', next: TEMPLATE },
  132015: { reason: 'WhatsApp has paused the template.', next: TEMPLATE },
  132016: { reason: 'WhatsApp has disabled the template.', next: TEMPLATE },
  133004: { reason: 'WhatsApp is not available at the moment.', next: AGAIN },
  133010: { reason: 'This number is not registered with WhatsApp.', next: REGISTER },
};

/** Something in the request is wrong: which part, only the details say. */
const PARAMETERS = new Set([100, 131_008, 131_009]);
/** Meta's words for subcode 33, and ours. */
const SENDER = /does not exist, cannot be loaded due to missing permissions/i;
const OF_THE_TEXT = /\b(?:text|body|characters?|length|too long)\b/i;

function parameterFault(details: string): Omit<Fault, 'code'> {
  if (details === OUT_OF_REACH || SENDER.test(details)) return KNOWN[33]!;
  if (details === '' || OF_THE_TEXT.test(details))
    return {
      reason: 'WhatsApp did not accept the content of the message.',
      next: 'Change the text and send it again.',
    };
  return {
    reason: `WhatsApp did not accept the request: ${clamp(details, 300)}`,
    next: 'The text is not the reason. Tell an admin the code and these words.',
  };
}

/** What a person reads when WhatsApp refuses a message: why, and what to do. By Meta's error code, never by its title. */
export function failureOf(code: number, details: string): Fault {
  if (PARAMETERS.has(code)) return { code: String(code), ...parameterFault(details) };
  const known = KNOWN[code] ?? (code >= 200 && code <= 299 ? KNOWN[10] : undefined);
  if (known) return { code: String(code), ...known };
  return {
    code: String(code),
    reason: details ? `WhatsApp refused it: ${clamp(details, 300)}` : 'WhatsApp refused the message.',
    next: 'Try again later. If it happens again, send the code to an admin.',
  };
}
