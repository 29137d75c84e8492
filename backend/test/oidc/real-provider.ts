import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export type RealProvider = {
  readonly issuer: string;
  /** Signs the person in at the provider, as they would in their browser; answers where they are sent back to. */
  readonly signIn: (address: string, login: string) => Promise<URL>;
  readonly close: () => Promise<void>;
};

/** A certified OpenID provider on loopback. Its accounts are addresses; each is verified. */
export async function startRealProvider(client: {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
}): Promise<RealProvider> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri] }],
    cookies: { keys: ['a key of this test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, email: sub, email_verified: true, name: 'Asha Rao' }),
    }),
  });
  server.on('request', provider.callback());

  async function signIn(address: string, login: string): Promise<URL> {
    const cookies = new Map<string, string>();
    const ask = async (url: URL, form?: Record<string, string>): Promise<Response> => {
      const reply = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
      });
      for (const cookie of reply.headers.getSetCookie()) {
        const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/s);
        cookies.set(name, value);
      }
      return reply;
    };
    let url = new URL(address);
    for (;;) {
      const reply = await ask(url);
      const location = reply.headers.get('location');
      if (location !== null) {
        url = new URL(location, url);
        if (url.href.startsWith(client.redirectUri)) return url;
        continue;
      }
      const page = await reply.text();
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      if (prompt === undefined) throw new Error(`the provider shows something else: ${page}`);
      const action = /action="([^"]+)"/.exec(page)![1]!;
      const next = await ask(new URL(action, url), { prompt, login, password: 'anything' });
      url = new URL(next.headers.get('location')!, url);
    }
  }
  return {
    issuer,
    signIn,
    close: () => {
      server.closeAllConnections();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}
