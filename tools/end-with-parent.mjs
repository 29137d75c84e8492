/**
 * Preloaded (`node --import`) into a process that must not outlive the one that started it. Descriptor 3 is a pipe from the parent; it ends
 * when the parent does, whatever ended it. Works on Node 20 and without any dependency.
 */
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const LAST_SECONDS = 10;
let told = false;

function end() {
  if (told) return;
  told = true;
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), LAST_SECONDS * 1000).unref();
}

// Worker threads are started with the same options. The pipe belongs to the process, and a thread that ends would close it.
if (isMainThread) new Socket({ fd: 3 }).on('error', end).on('close', end).resume().unref();
