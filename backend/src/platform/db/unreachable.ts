import { codeOf } from './database.ts';

/** Where the address leads, without user and password. */
type Target = { readonly host: string; readonly user: string; readonly database: string };

function targetOf(url: string): Target {
  const parsed = URL.parse(url);
  const user = decodeURIComponent(parsed?.username ?? '');
  return {
    host: `${parsed?.hostname || 'the local socket'}${parsed?.port ? `:${parsed.port}` : ''}`,
    user: user || 'postgres',
    database: decodeURIComponent(parsed?.pathname.substring(1) ?? '') || user || 'postgres',
  };
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

const SILENT = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);
const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT)/;
/** It may work in a moment: the server starts, is full for now, or its network is not there yet. */
const PASSING = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', '57P03', '53300', ...SILENT]);

/** What a person does about a database that cannot be connected to; null for another failure. */
export function unreachableFault(error: unknown, url: string): string | null {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : '';
  const { host, user, database } = targetOf(url);
  if (code === 'ECONNREFUSED')
    return `No server listens at ${host}, which DATABASE_URL names. Start PostgreSQL there, or correct the address.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The host ${host} in DATABASE_URL is not known. Correct it, or check the name server of this machine.`;
  if (SILENT.has(code) || /connection timeout|Connection terminated/.test(text))
    return `No PostgreSQL answers at ${host}, which DATABASE_URL names. Check that the port is PostgreSQL's and not of something else, and that no firewall is in between.`;
  if (code === '3D000')
    return `The database ${database} in DATABASE_URL does not exist. As an administrator of the server, run: create database ${quoted(database)} owner ${quoted(user)} encoding 'UTF8' template template0`;
  if (code === '28P01')
    return `The server refuses the password of ${user} in DATABASE_URL. Correct it (special characters percent-encoded), or set it: alter role ${quoted(user)} password '…'`;
  if (code === '28000')
    return `The server does not let ${user} in (DATABASE_URL). Check that the role exists and may log in, and that pg_hba.conf has a line for it: create role ${quoted(user)} login createrole password '…'`;
  if (code === '53300')
    return `The server at ${host} has no connection left for ${user}. Raise max_connections, or the limit of the role: alter role ${quoted(user)} connection limit -1`;
  if (code === '57P03') return `The server at ${host} is starting or stopping and takes no connection yet.`;
  if (/does not support SSL/.test(text))
    return `The server at ${host} does not speak TLS, and DATABASE_URL asks for it with sslmode. Set ssl = on in its postgresql.conf; for a server on this machine take sslmode away.`;
  if (CERTIFICATE.test(code))
    return `The certificate of the server at ${host} is not trusted (${code}). Name the authority that signed it: append &sslrootcert=/path/to/authority.pem to DATABASE_URL (sslmode=require checks it as well here), and use the host name that the certificate has.`;
  return null;
}

/** Whether it is worth asking again for a while. */
export const mayPass = (error: unknown): boolean => PASSING.has(codeOf(error));
