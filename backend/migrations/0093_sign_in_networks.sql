-- From which network a session was begun, as a keyed digest: somebody who guesses passwords from elsewhere cannot lock a person out of the
-- networks on which they work. Null for sessions from before.
alter table sessions add column network_hash bytea;
