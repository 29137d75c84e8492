import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';

/** Whom passkeys belong to: a domain, and the one origin of its pages. */
export type RelyingParty = { readonly id: string; readonly origin: string };

/** A passkey as it is kept. */
export type Passkey = {
  /** Base64url. */
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
};

/**
 * The relying party of a backend. A passkey belongs to a domain, and an address in digits is none: in development, which is this machine, the
 * pages have passkeys when they are opened as `localhost`.
 */
export function relyingPartyOf(publicUrl: string): RelyingParty {
  const { protocol, hostname, port, origin } = new URL(publicUrl);
  return protocol === 'https:'
    ? { id: hostname, origin }
    : { id: 'localhost', origin: `http://localhost${port ? `:${port}` : ''}` };
}

const TIMEOUT_MS = 120_000;
const text = z.string().max(8192);
const Transports = z.array(z.string().max(20)).max(10).optional();

/** What a browser sends; anything else in it is left out. */
const Registered = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({ clientDataJSON: text, attestationObject: text, transports: Transports }),
});
const Signed = z.object({
  id: text,
  rawId: text,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: text,
    authenticatorData: text,
    signature: text,
    userHandle: text.nullish().transform(handle => handle ?? undefined),
  }),
});

/** What the script of a page needs to make a passkey. The challenge belongs to one attempt. */
export async function registrationOptions(
  party: RelyingParty,
  person: { readonly id: string; readonly email: string; readonly name: string },
  known: readonly Pick<Passkey, 'credentialId'>[],
): Promise<{ readonly challenge: string; readonly json: string }> {
  const options = await generateRegistrationOptions({
    rpName: 'Astrix Console',
    rpID: party.id,
    userID: new Uint8Array(Buffer.from(person.id)),
    userName: person.email,
    userDisplayName: person.name,
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: [-7, -257],
  });
  return { challenge: options.challenge, json: JSON.stringify(options) };
}

/** Null for everything but a new passkey of this attempt, made at our origin, by a person whom the authenticator has verified. */
export async function registered(party: RelyingParty, challenge: string, response: string): Promise<Passkey | null> {
  const parsed = Registered.safeParse(jsonOf(response));
  if (!parsed.success) return null;
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...parsed.data, clientExtensionResults: {} } as never,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [-7, -257],
    });
    if (!verified || !registrationInfo) return null;
    const { id, publicKey, counter } = registrationInfo.credential;
    return {
      credentialId: id,
      publicKey: Buffer.from(publicKey),
      counter,
      transports: parsed.data.response.transports ?? [],
    };
  } catch {
    return null;
  }
}

/** What the script of a page needs to ask for any passkey of this domain: nobody has said who they are. */
export async function signInOptions(
  party: RelyingParty,
): Promise<{ readonly challenge: string; readonly json: string }> {
  const options = await generateAuthenticationOptions({
    rpID: party.id,
    timeout: TIMEOUT_MS,
    userVerification: 'required',
  });
  return { challenge: options.challenge, json: JSON.stringify(options) };
}

/** The passkey that a response names; null for what is no response. */
export function credentialOf(response: string): string | null {
  const parsed = Signed.safeParse(jsonOf(response));
  return parsed.success ? parsed.data.id : null;
}

/**
 * The new count of signatures, when the passkey has signed this challenge at our origin for a verified person; null otherwise. A count that
 * did not grow is refused: there are two copies of the key.
 */
export async function signed(
  party: RelyingParty,
  challenge: string,
  response: string,
  passkey: Passkey,
): Promise<number | null> {
  const parsed = Signed.safeParse(jsonOf(response));
  if (!parsed.success) return null;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...parsed.data, clientExtensionResults: {} } as never,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
      },
    });
    return verified && authenticationInfo.userVerified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}

function jsonOf(response: string): unknown {
  try {
    return JSON.parse(response);
  } catch {
    return null;
  }
}
