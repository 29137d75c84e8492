import { expect, test } from 'vitest';
import { createMetrics, measureProcess } from './metrics.ts';

test('what a process lacks shows: memory, event loop, garbage collection, open files', async () => {
  const metrics = createMetrics();
  measureProcess(metrics);
  const text = await metrics.registry.metrics();
  for (const name of [
    'process_resident_memory_bytes',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_gc_duration_seconds',
  ])
    expect(text).toContain(`# TYPE ${name} `);
  expect(text).toMatch(/^nodejs_heap_size_used_bytes [1-9]\d{5,}$/m);
});

test('each registry has its own, so that several in one process do not collide', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.systemUses.inc({ reason: 'telemetry' });
  expect(await one.registry.metrics()).toContain('reason="telemetry"} 1');
  expect(await other.registry.metrics()).not.toContain('reason="telemetry"');
});
