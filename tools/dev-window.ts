import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { createServer } from 'vite';

const root = join(import.meta.dirname, '..');

/**
 * Serves src/renderer with hot reload on 127.0.0.1, as the first window of the stand-in at `address`, which is what the stand-in prints.
 * Vite needs inline scripts and a socket of its own, so the page has neither the content security policy of the product nor its scheme.
 */
export async function serveWindow(
  address: string,
  port: number,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const opened = await fetch(address, { redirect: 'manual' });
  const cookie = opened.headers.get('set-cookie')?.split(';', 1)[0];
  const [, page] = /^\/(w\d+)\//.exec(opened.headers.get('location') ?? '') ?? [];
  if (!cookie || !page) throw new Error('The console has no window to show.');
  const { origin } = new URL(address);
  const server = await createServer({
    configFile: false,
    root: join(root, 'src', 'renderer'),
    cacheDir: join(root, 'out', 'vite'),
    logLevel: 'warn',
    plugins: [
      react(),
      tailwindcss(),
      {
        name: 'astrix-standin',
        // Before the scripts of the page, as a preload runs.
        transformIndexHtml: () => [
          { tag: 'script', attrs: { src: `/${page}/__standin.js` }, injectTo: 'head-prepend' },
        ],
      },
    ],
    server: {
      host: '127.0.0.1',
      port,
      strictPort: port !== 0,
      proxy: {
        [`/${page}/`]: {
          target: origin,
          ws: true,
          changeOrigin: true,
          headers: { cookie, origin },
          configure: proxy =>
            proxy.on('proxyReqWs', (forwarded, request, socket) => {
              // The proxy vouches for the origin, so it must not do that for a page from elsewhere.
              if (request.headers.origin === `http://${request.headers.host}` && isHere(request.headers.host)) return;
              forwarded.destroy();
              socket.destroy();
            }),
        },
      },
    },
  });
  await server.listen();
  const bound = server.httpServer?.address();
  const url = `http://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : port}/`;
  return { url, close: () => server.close() };
}

const isHere = (host: string | undefined): boolean => /^(?:127\.0\.0\.1|localhost):\d+$/.test(host ?? '');
