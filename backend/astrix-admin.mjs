#!/usr/bin/env node
/** The command of operators: `node backend/astrix-admin.mjs --help`. */
import './node-version.mjs';

await import('./src/admin.ts');
