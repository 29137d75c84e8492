import { createHash, randomBytes } from 'node:crypto';
import type { LightMyRequestResponse as Response } from 'fastify';
import type { World } from '../world.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

/** A browser: it keeps the cookie, follows redirects of this backend and sends the forms that it sees. */
export type Browser = {
  /** The page that is shown now. */
  readonly page: () => Response;
  readonly at: () => string;
  readonly open: (path: string) => Promise<Response>;
  /** Sends the form that holds these fields, with its token. */
  readonly send: (fields: Readonly<Record<string, string>>, to?: string) => Promise<Response>;
  /** The heading. */
  readonly title: () => string;
  readonly cookie: () => string;
};

export function newBrowser(world: World, headers: Readonly<Record<string, string>> = {}): Browser {
  let cookie = '';
  let page: Response;
  let at = '';
  const keep = (reply: Response) => {
    const set = reply.headers['set-cookie'];
    if (typeof set === 'string') cookie = set.split(';')[0] ?? '';
  };
  async function show(path: string): Promise<Response> {
    at = path;
    page = await world.inject({ method: 'GET', url: path, headers: { cookie, host: '127.0.0.1', ...headers } });
    keep(page);
    return page.statusCode === 303 ? show(String(page.headers.location)) : page;
  }
  return {
    page: () => page,
    at: () => at,
    open: show,
    async send(fields, to = at.split('?')[0] ?? at) {
      const csrf = /name="csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
      const reply = await world.inject({
        method: 'POST',
        url: to,
        headers: {
          cookie,
          host: '127.0.0.1',
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        payload: new URLSearchParams({ ...fields, csrf }).toString(),
      });
      keep(reply);
      if (reply.statusCode === 303) return show(String(reply.headers.location));
      page = reply;
      return page;
    },
    title: () => /<h1>([^<]*)<\/h1>/.exec(page.body)?.[1] ?? '',
    cookie: () => cookie,
  };
}

/** A console that asks a browser to sign its person in. */
export type Waiting = {
  readonly path: string;
  readonly verifier: string;
  readonly state: string;
  readonly port: number;
  readonly device: { readonly name: string; readonly platform: 'linux'; readonly key: string };
};

export function newConsole(port = 50_123): Waiting {
  const [verifier, state, key] = [32, 32, 32].map(bytes => randomBytes(bytes).toString('base64url')) as [
    string,
    string,
    string,
  ];
  const device = { name: 'Priya’s laptop', platform: 'linux', key } as const;
  const query = new URLSearchParams({
    code_challenge: digest(verifier),
    code_challenge_method: 'S256',
    state,
    port: String(port),
    device_key: digest(key),
    device_name: device.name,
  });
  return { path: `/sign-in?${query}`, verifier, state, port, device };
}

/** Where the last page sends the browser: to the loopback of the console, with a code. */
export function arrivalOf(page: Response): { readonly code: string; readonly state: string; readonly url: URL } {
  const target = /http-equiv="refresh" content="\d+; url=([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&');
  const url = new URL(target ?? 'http://nowhere.example');
  return { url, code: url.searchParams.get('code') ?? '', state: url.searchParams.get('state') ?? '' };
}

export const exchange = (world: World, waiting: Waiting, code: string, changed: object = {}): Promise<Response> =>
  world.inject({
    method: 'POST',
    url: '/v1/auth/exchange',
    payload: { code, verifier: waiting.verifier, port: waiting.port, device: waiting.device, ...changed },
  });
