import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOST } from './peer.ts';

export type Identity = { readonly key: string; readonly cert: string };
export type Certificates = {
  /** Trusted by the egress of these tests alone. */
  readonly ca: string;
  readonly good: Identity;
  readonly expired: Identity;
  readonly notYet: Identity;
  readonly otherName: Identity;
  readonly selfSigned: Identity;
  /** Right name, signed by an authority that nobody trusts. */
  readonly stranger: Identity;
  /** For 127.0.0.1. */
  readonly thisMachine: Identity;
};

/** Why no certificates can be made here, or null. */
export const opensslMissing = (): string | null =>
  spawnSync('openssl', ['version']).status === 0 ? null : 'openssl is not installed: no certificates can be made';

const CONFIG = `[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
`;

/** Made for this run and gone with it; nothing of this is ever trusted outside of the test. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'astrix-certificates-'));
  const openssl = (...args: string[]) => {
    const run = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`openssl ${args[0]} failed: ${run.stderr}`);
  };
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const authority = (name: string) =>
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    );
  const signed = (name: string, host: string, ca: string, from: string, to: string): Identity => {
    const san = ['-addext', `subjectAltName=${isIP(host) ? 'IP' : 'DNS'}:${host}`];
    openssl('req', '-new', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${host}`, ...san);
    const by = ['-cert', `${ca}.pem`, '-keyfile', `${ca}.key`];
    const time = ['-startdate', from, '-enddate', to];
    openssl(
      'ca',
      '-batch',
      '-notext',
      '-config',
      'ca.cnf',
      ...by,
      ...time,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
    );
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) };
  };
  try {
    writeFileSync(join(folder, 'ca.cnf'), CONFIG);
    writeFileSync(join(folder, 'index.txt'), '');
    writeFileSync(join(folder, 'serial'), '01');
    authority('trusted');
    authority('unknown');
    const self = ['-days', '2', '-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`];
    openssl('req', '-x509', ...newKey, '-keyout', 'self.key', '-out', 'self.pem', ...self);
    const [past, now, future] = ['20200101000000Z', '20210101000000Z', '20990101000000Z'] as const;
    return {
      ca: read('trusted.pem'),
      good: signed('good', HOST, 'trusted', now, future),
      expired: signed('expired', HOST, 'trusted', past, now),
      notYet: signed('notyet', HOST, 'trusted', '20980101000000Z', future),
      otherName: signed('other', 'api.evil.co', 'trusted', now, future),
      selfSigned: { key: read('self.key'), cert: read('self.pem') },
      stranger: signed('stranger', HOST, 'unknown', now, future),
      thisMachine: signed('machine', '127.0.0.1', 'trusted', now, future),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
