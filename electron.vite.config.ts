import { join } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { CHANNELS } from './src/shared/ipc.ts';

const root = import.meta.dirname;
const names = (wanted: 'call' | 'event') =>
  Object.entries(CHANNELS)
    .filter(([, channel]) => (channel.kind === 'event') === (wanted === 'event'))
    .map(([name]) => name);

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      // Ours are TypeScript sources and must be in the bundle; native addons must not.
      externalizeDeps: { exclude: ['@astrix/contract', '@astrix/sdk', 'zod', 'eventsource-parser'] },
      rollupOptions: {
        input: { index: join(root, 'src/main/index.ts'), 'cache-worker': join(root, 'src/main/cache/worker.ts') },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    // A sandboxed preload may require only electron: the names of the contract come as text, its schemas stay in main.
    define: { __CALLS__: JSON.stringify(names('call')), __EVENTS__: JSON.stringify(names('event')) },
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: join(root, 'src/preload/index.ts'),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react(), tailwindcss()],
    build: {
      outDir: 'out/renderer',
      assetsInlineLimit: 0,
      rollupOptions: { input: join(root, 'src/renderer/index.html') },
    },
  },
});
