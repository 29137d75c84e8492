import { type Forgery, json } from './headers-and-bodies.ts';
import {
  type Delivery,
  EVENT,
  mac,
  type Party,
  SECONDS,
  standard,
  standardKey,
  standardMac,
  stripe,
  stripeMac,
} from './parties.ts';

/** Timestamps, signed rightly: only the clock and the reading of digits can refuse them. */
export function timesOf(party: Party): Forgery[] {
  const days = 86_400;
  const skewed = [-301, 301, -3600, 3600, -days, days, -365 * days, 365 * days];
  const odd = [
    '0',
    '-1',
    '',
    'NaN',
    'Infinity',
    `${SECONDS}.5`,
    `+${SECONDS}`,
    `0${SECONDS}`,
    `${SECONDS}000`,
    '1e9',
    '0x6a0ea1b8',
    'now',
  ];
  return [
    ...skewed.map((by): Forgery => [`signed ${by} seconds from now`, party.sign({ at: SECONDS + by })]),
    ...odd.map((at): Forgery => [`signed at «${at}»`, party.sign({ at })]),
  ];
}

const at = (text: string | number, name = 'webhook'): Delivery['headers'] => ({ [`${name}-timestamp`]: `${text}` });

export function stripeOnly(): Forgery[] {
  const good = stripeMac(EVENT, SECONDS);
  const old = stripeMac(EVENT, SECONDS - 3600);
  const by = (name: string, header: string, body = EVENT): Forgery => [
    name,
    { body, headers: { 'stripe-signature': header } },
  ];
  const signed = (name: string, text: string): Forgery => [name, stripe.sign({ body: Buffer.from(text) })];
  return [
    by('an old signature under a new time', `t=${SECONDS},v1=${old}`),
    by('an old signature with a new time beside its own', `t=${SECONDS},t=${SECONDS - 3600},v1=${old}`),
    by('an old signature with a new time behind it', `t=${SECONDS - 3600},v1=${old},t=${SECONDS}`),
    by('no time', `v1=${good}`),
    by('no signature', `t=${SECONDS}`),
    by('an empty signature', `t=${SECONDS},v1=`),
    by('the version of tests', `t=${SECONDS},v0=${good}`),
    by('a version to come', `t=${SECONDS},v2=${good}`),
    by('the version in capitals', `t=${SECONDS},V1=${good}`),
    by('base64', `t=${SECONDS},v1=${Buffer.from(good, 'hex').toString('base64')}`),
    by('semicolons', `t=${SECONDS};v1=${good}`),
    by('spaces between', `t=${SECONDS}, v1=${good}`),
    by('an empty item', `t=${SECONDS},,v1=${good}`),
    by('the body signed alone', `t=${SECONDS},v1=${mac(stripe.keys[0], EVENT).digest('hex')}`),
    by('the time drawn into the body', `t=${SECONDS}.1,v1=${good}`),
    by('SHA-512', `t=${SECONDS},v1=${mac(stripe.keys[0], `${SECONDS}.${json}`, 'sha512').digest('hex')}`),
    signed('an event of the test side, signed rightly', json.replace('"livemode":true', '"livemode":false')),
    signed('an event of no side', json.replace('"livemode":true,', '')),
    signed('an event whose side is a text', json.replace('"livemode":true', '"livemode":"true"')),
    signed('an event of both sides', json.replace('"livemode":true', '"livemode":true,"livemode":false')),
    signed(
      'an event of the test side with another inside',
      json.replace('"livemode":true', '"livemode":false,"data":{"livemode":true}'),
    ),
  ];
}

export function standardOnly(): Forgery[] {
  const right = standard.sign();
  const good = right.headers['webhook-signature'] as string;
  const by = (name: string, headers: Delivery['headers']): Forgery => [
    name,
    { body: EVENT, headers: { ...right.headers, ...headers } },
  ];
  const sig = (name: string, value: string): Forgery => by(name, { 'webhook-signature': value });
  const svix = Object.fromEntries(
    Object.entries(right.headers).map(([name, value]) => [name.replace('webhook', 'svix'), value]),
  );
  const id = (value: string): Delivery['headers'] => ({
    'webhook-id': value,
    'webhook-signature': `v1,${standardMac(value, SECONDS, EVENT)}`,
  });
  // What was signed as `msg_1` with a body that begins like a timestamp.
  const inner = Buffer.from(`${SECONDS}.${json}`);
  return [
    by('no id', { 'webhook-id': undefined }),
    by('an empty id', id('')),
    by('another id', { 'webhook-id': 'msg_2' }),
    by('two ids', { 'webhook-id': ['msg_1', 'msg_1'] }),
    by('an id with a space', id('msg 1')),
    by('the time of one delivery drawn into the id of another', {
      'webhook-id': `msg_1.${SECONDS - 9}`,
      'webhook-signature': `v1,${standardMac('msg_1', SECONDS - 9, inner)}`,
    }),
    by('no time', { 'webhook-timestamp': undefined }),
    by('two times', { 'webhook-timestamp': [`${SECONDS}`, `${SECONDS}`] }),
    by('another time', at(SECONDS + 1)),
    by('an old signature under a new time', {
      'webhook-signature': `v1,${standardMac('msg_1', SECONDS - 3600, EVENT)}`,
    }),
    ['a family that is not the provider’s', { body: EVENT, headers: svix }],
    ['a family mixed with another', { body: EVENT, headers: { ...svix, 'webhook-signature': good } }],
    sig('no version', good.slice(3)),
    sig('an empty signature', 'v1,'),
    sig('the version of public keys', good.replace('v1', 'v1a')),
    sig('a version to come', good.replace('v1', 'v2')),
    sig('the version in capitals', good.replace('v1', 'V1')),
    sig('an equals sign', good.replace('v1,', 'v1=')),
    sig('hex', `v1,${Buffer.from(good.slice(3), 'base64').toString('hex')}`),
    sig('base64 of addresses', `v1,${Buffer.from(good.slice(3), 'base64').toString('base64url')}`),
    sig('commas between two', `${good},${good}`),
    sig('the secret as it is written', `v1,${standardMac('msg_1', SECONDS, EVENT, Buffer.from(standard.keys[0]))}`),
    sig(
      'the secret as it is written, without its prefix',
      `v1,${standardMac('msg_1', SECONDS, EVENT, Buffer.from(standard.keys[0].slice(6)))}`,
    ),
    sig('the body signed alone', `v1,${mac(standardKey(standard.keys[0]), EVENT).digest('base64')}`),
  ];
}
