import type Database from 'better-sqlite3-multiple-ciphers';

/** An open database of the cache, with its key set. */
export type Connection = Database.Database;
