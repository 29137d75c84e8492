import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { ProviderId } from '@astrix/contract';
import { PROVIDERS } from '../src/providers/registry.ts';
import type { Granted, Issued, Stage } from './imitation.ts';

export type Consent = {
  readonly provider: ProviderId;
  readonly scopes: readonly string[];
  readonly extras: Readonly<Record<string, string>>;
  readonly redirectUri: string;
  /** S256 of the verifier; null without PKCE. */
  readonly challenge: string | null;
};

type Family = { revoked: boolean; readonly granted: Granted; issued: number; renewed: number };
type Token = { readonly family: string; readonly until: number };

const CODE_SECONDS = 300;
const random = (prefix: string) => `${prefix}-${randomBytes(24).toString('base64url')}`;
const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

export type TokenBook = Omit<Stage, 'note' | 'things'> & {
  readonly grantCode: (consent: Consent) => string;
  /** Whose token or code it is, dead or alive; null for one that was never given out. */
  readonly ownerOf: (token: string) => ProviderId | null;
  /** Everything that was given out for a provider ends; how many families that were. */
  readonly revokeAll: (provider: ProviderId) => number;
  readonly families: () => readonly { provider: ProviderId; revoked: boolean; issued: number; renewed: number }[];
};

/** Codes, access tokens and refresh tokens as an authorization server keeps them: single use, an end, rotation with reuse detection. */
export function createTokenBook(
  options: { readonly now?: () => Date; readonly accessSeconds?: number } = {},
): TokenBook {
  const now = options.now ?? (() => new Date());
  const accessSeconds = options.accessSeconds ?? 3600;
  const codes = new Map<string, Consent & { until: number }>();
  const families = new Map<string, Family>();
  const access = new Map<string, Token>();
  const refresh = new Map<string, { readonly family: string; used: boolean }>();
  const seconds = () => Math.floor(now().getTime() / 1000);

  function issue(granted: Granted, lifetime = accessSeconds): Issued {
    const family = families.get(granted.family) ?? { revoked: false, granted, issued: 0, renewed: 0 };
    families.set(granted.family, family);
    family.issued += 1;
    const accessToken = random('access');
    const refreshToken = random('refresh');
    access.set(accessToken, { family: granted.family, until: seconds() + lifetime });
    refresh.set(refreshToken, { family: granted.family, used: false });
    return { accessToken, refreshToken, expiresIn: lifetime, granted };
  }

  return {
    now,
    issue,
    grantCode(consent) {
      const code = random('code');
      codes.set(code, { ...consent, until: seconds() + CODE_SECONDS });
      return code;
    },
    redeem(code, { redirectUri, verifier }) {
      const consent = codes.get(code);
      codes.delete(code);
      if (!consent || consent.until <= seconds()) return null;
      if (redirectUri !== undefined && redirectUri !== consent.redirectUri) return null;
      if (consent.challenge !== null && (!verifier || challengeOf(verifier) !== consent.challenge)) return null;
      return { provider: consent.provider, family: randomUUID(), scopes: consent.scopes, extras: consent.extras };
    },
    grantOf(accessToken) {
      const token = accessToken === undefined ? undefined : access.get(accessToken);
      const family = token && families.get(token.family);
      return token && family && !family.revoked && token.until > seconds() ? family.granted : null;
    },
    renew(refreshToken, provider) {
      const token = refresh.get(refreshToken);
      const family = token && families.get(token.family);
      if (!token || !family || family.revoked || family.granted.provider !== provider) return null;
      const { auth } = PROVIDERS[provider].manifest;
      const rotating = auth.kind === 'oauth2' && auth.refresh === 'rotating';
      if (rotating && token.used) {
        // Somebody has a copy: everything that came from this consent ends (RFC 9700 §4.14).
        family.revoked = true;
        return null;
      }
      token.used = true;
      family.renewed += 1;
      const issued = issue(family.granted);
      if (rotating) return issued;
      refresh.delete(issued.refreshToken);
      return { ...issued, refreshToken };
    },
    revoke(token) {
      const family = families.get((access.get(token) ?? refresh.get(token))?.family ?? '');
      if (!family || family.revoked) return false;
      family.revoked = true;
      return true;
    },
    ownerOf: token =>
      families.get((access.get(token) ?? refresh.get(token))?.family ?? '')?.granted.provider ??
      codes.get(token)?.provider ??
      null,
    revokeAll(provider) {
      const alive = [...families.values()].filter(family => family.granted.provider === provider && !family.revoked);
      for (const family of alive) family.revoked = true;
      return alive.length;
    },
    families: () =>
      [...families.values()].map(({ granted, revoked, issued, renewed }) => ({
        provider: granted.provider,
        revoked,
        issued,
        renewed,
      })),
  };
}
