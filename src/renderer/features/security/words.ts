const GIVEN: Readonly<Record<string, string>> = {
  password: 'password',
  link: 'link by e-mail',
  oidc: 'single sign-on',
  totp: 'authenticator',
  recovery: 'recovery code',
  passkey: 'passkey',
  provider: 'second factor of the single sign-on',
};

const LIST = new Intl.ListFormat('en-IN', { type: 'conjunction' });

/** What somebody presented to sign in, such as “Password and authenticator”. A way that this version does not know is left out. */
export function givenWords(given: readonly string[]): string {
  const known = given.flatMap(way => GIVEN[way] ?? []);
  const words = known.length === 0 ? 'unknown way' : LIST.format(known);
  return words.charAt(0).toUpperCase() + words.substring(1);
}

const SYSTEMS: Readonly<Record<string, string>> = {
  win32: 'Windows',
  darwin: 'macOS',
  linux: 'Linux',
  cli: 'command line',
};

export const systemWords = (platform: string): string => SYSTEMS[platform] ?? platform;

/** The secret of an authenticator in groups of four, as a person types it. */
export const grouped = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, '$1 ');
