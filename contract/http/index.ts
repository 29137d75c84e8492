import { z } from 'zod';
import { defineFeature } from '../feature.ts';
import { Instant } from '../fields.ts';
import { publicRead } from '../route.ts';

/** Probes of a process, and what a console learns of a backend before anyone signs in. */
export const http = defineFeature('http', {
  routes: {
    health: publicRead({
      path: '/health',
      summary: 'The process is alive',
      dataClasses: ['public'],
      ratePerMinute: 600,
      reply: z.strictObject({ status: z.literal('ok') }),
      errors: [],
    }),
    ready: publicRead({
      path: '/ready',
      summary: 'The database answers, migrations are in place and the process is not draining',
      dataClasses: ['public'],
      ratePerMinute: 600,
      reply: z.strictObject({ status: z.literal('ready') }),
      errors: ['unavailable'],
    }),
    metrics: publicRead({
      path: '/metrics',
      summary: 'Prometheus text; needs the operator token',
      auth: 'operator',
      dataClasses: ['public'],
      ratePerMinute: 600,
      reply: z.string(),
      replyKind: 'text',
      errors: ['unauthenticated'],
    }),
    meta: publicRead({
      path: '/v1/meta',
      summary: 'Version, server time, and whether this is the demo',
      dataClasses: ['public'],
      ratePerMinute: 600,
      reply: z.strictObject({
        name: z.literal('astrix'),
        version: z.string(),
        minimumConsole: z.string(),
        demo: z.boolean(),
        serverTime: Instant,
      }),
      errors: [],
    }),
  },
});
