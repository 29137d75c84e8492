/** Starts the backend: `node backend/serve.mjs --help`. */
import './node-version.mjs';

await import('./src/main.ts');
