import { z } from 'zod';
import { defineFeature } from '../feature.ts';
import { ShortText, Token } from '../fields.ts';
import { Device, SignedIn } from '../identity/views.ts';
import { ROLES, Role } from '../roles.ts';
import { agencyChange, agencyRead, publicChange } from '../route.ts';

export const SIGN_IN_WAYS = ['password', 'link', 'passkey', 'oidc'] as const;
const Way = z.enum(SIGN_IN_WAYS);
export type SignInWay = z.infer<typeof Way>;

const Issuer = z
  .string()
  .max(500)
  .regex(
    /^(?:https:\/\/[a-z0-9.-]+(?:\/[\w./~-]*)?|http:\/\/127\.0\.0\.1:\d+)$/,
    'must be an https address without a query',
  );
const Domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}$/, 'must be a domain such as agency.example');

/** What is known of an agency's identity provider; its secret is written and never read. */
const Provider = z.strictObject({
  label: ShortText.max(60),
  issuer: Issuer,
  clientId: z.string().trim().min(1).max(300),
  domains: z.array(Domain).min(1).max(20),
  /** Values of `amr` or `acr` that stand for a second factor; none: the provider’s own factor does not count. */
  factorValues: z.array(z.string().trim().min(1).max(200)).max(20),
  /** The claim that names a person’s groups; null: nobody joins without an invitation. */
  roleClaim: z.string().trim().min(1).max(100).nullable(),
  /** Who joins without an invitation. The first value that a person has decides. Nobody becomes an owner so. */
  roles: z
    .array(z.strictObject({ value: z.string().min(1).max(200), role: Role.exclude(['owner', 'client']) }))
    .max(50),
});

/** Ways to sign in that need a browser. */
export const webSignIn = defineFeature('web-sign-in', {
  permissions: { 'sign-in.settings': ['owner'], 'passkey.own': ROLES },
  routes: {
    exchange: publicChange({
      path: '/v1/auth/exchange',
      summary: 'Exchange what the browser brought to the console for a session; works once, within 60 seconds',
      dataClasses: ['account', 'credentials'],
      ratePerMinute: 60,
      audit: 'session.start',
      body: z.strictObject({
        code: Token,
        /** RFC 7636: what the challenge of the sign-in was made from. */
        verifier: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 bytes in base64url'),
        /** On which the console has waited. */
        port: z.int().min(1024).max(65_535),
        device: Device,
      }),
      /** With the address, which the console has not heard from its person. */
      reply: SignedIn.extend({ email: z.string() }),
      errors: ['browser_sign_in_refused', 'forbidden', 'sign_in_refused'],
    }),
    settings: agencyRead({
      window: true,
      reaches: 'vault',
      path: '/v1/agency/sign-in',
      summary: 'Which ways to sign in the agency allows, and its identity provider',
      permission: 'sign-in.settings',
      dataClasses: ['account'],
      reply: z.strictObject({ ways: z.array(Way), provider: Provider.nullable(), redirectUri: z.string() }),
      errors: ['no_public_address'],
    }),
    'set-ways': agencyChange({
      window: true,
      stepUp: true,
      method: 'PUT',
      path: '/v1/agency/sign-in/ways',
      summary: 'Choose the ways to sign in; sessions that are there already go on',
      permission: 'sign-in.settings',
      dataClasses: ['account'],
      audit: 'settings.sign-in',
      body: z.strictObject({ ways: z.array(Way).min(1).max(4) }),
      reply: z.strictObject({ ways: z.array(Way) }),
      errors: ['invalid_request'],
    }),
    'set-provider': agencyChange({
      window: true,
      stepUp: true,
      reaches: 'provider',
      method: 'PUT',
      path: '/v1/agency/sign-in/provider',
      summary: 'Set up the agency’s identity provider; its address is asked before it is kept',
      permission: 'sign-in.settings',
      dataClasses: ['account', 'credentials'],
      bodyLimit: 32_768,
      audit: 'settings.sign-in',
      /** Without a secret the one that is there is kept, as long as issuer and client stay the same. */
      body: Provider.extend({ clientSecret: z.string().min(8).max(500).nullable() }),
      reply: Provider,
      errors: ['invalid_request', 'provider_refused'],
    }),
    'remove-provider': agencyChange({
      window: true,
      stepUp: true,
      reaches: 'vault',
      method: 'DELETE',
      path: '/v1/agency/sign-in/provider',
      summary: 'Forget the agency’s identity provider',
      permission: 'sign-in.settings',
      dataClasses: ['account'],
      audit: 'settings.sign-in',
      reply: z.null(),
      replyStatus: 204,
    }),
    'add-passkey': agencyChange({
      // Its answer is a way into the account: main opens it, and no window gets it.
      stepUp: true,
      reaches: 'vault',
      method: 'POST',
      path: '/v1/me/passkeys',
      summary: 'Begin to set up a passkey; answers the page on which the browser does it',
      permission: 'passkey.own',
      dataClasses: ['account', 'credentials'],
      audit: 'factor.begin',
      reply: z.strictObject({ url: z.string() }),
      errors: ['no_public_address'],
    }),
  },
});
