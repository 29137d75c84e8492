-- Channels, customers, conversations, messages and notes. Records of customers live 30 days from the message (001 §22.5); the
-- policies hide them at that second, whether or not anybody has swept.

create table channels (
  agency_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  provider text not null check (provider in ('whatsapp')),
  -- The provider's id of the sending number: what a verified delivery names, and so where its tenant comes from (WH-12).
  account_id text not null,
  -- The business account that the number belongs to: some notices name nothing else.
  business_account_id text,
  display_phone text not null,
  token_sealed text not null,
  status text not null default 'active' check (status in ('active', 'broken')),
  -- Newest notice about the account itself: quality, limits, template reviews.
  notice jsonb,
  created_at timestamptz not null,
  primary key (agency_id, id),
  unique (provider, account_id),
  foreign key (agency_id, client_id) references clients (agency_id, id)
);
create index channels_client on channels (agency_id, client_id);
comment on table channels is '{"tenancy":"client","dataClass":"credentials","retention":"credential","audit":"channel.change"}';

create table contacts (
  agency_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  name text,
  phone_masked text,
  has_phone boolean not null default false,
  handle text,
  opted_out_at timestamptz,
  opt_out_source text,
  marketing_opt_out_at timestamptz,
  -- When the customer last said what they want: an older word that arrives late never overrules a newer one (ME-04).
  consent_at timestamptz,
  marketing_at timestamptz,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (agency_id, id),
  foreign key (agency_id, client_id) references clients (agency_id, id)
);
create index contacts_client on contacts (agency_id, client_id);
create index contacts_expiry on contacts (expires_at);
comment on table contacts is '{"tenancy":"client","dataClass":"end-customer","retention":"conversation","audit":"contact.consent"}';

-- A customer is known by a phone, by a business-scoped user id, or by both; either may be absent.
create table contact_identities (
  agency_id uuid not null,
  client_id uuid not null,
  kind text not null check (kind in ('phone', 'bsuid')),
  value text not null,
  contact_id uuid not null,
  -- Provider time at which this was last seen to be theirs: the newest phone is where messages go.
  since timestamptz not null,
  expires_at timestamptz not null,
  primary key (agency_id, client_id, kind, value),
  foreign key (agency_id, contact_id) references contacts (agency_id, id) on delete cascade
);
create index contact_identities_contact on contact_identities (agency_id, contact_id);
create index contact_identities_expiry on contact_identities (expires_at);
comment on table contact_identities is '{"tenancy":"client","dataClass":"end-customer","retention":"conversation","audit":"none"}';

create table conversations (
  agency_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  contact_id uuid not null,
  channel_id uuid not null,
  contact_name text not null,
  status text not null default 'open' check (status in ('open', 'snoozed', 'closed')),
  assignee_id uuid,
  snoozed_until timestamptz,
  tags text[] not null default '{}',
  unread integer not null default 0,
  failed integer not null default 0,
  preview text not null default '',
  preview_direction text check (preview_direction in ('in', 'out')),
  last_message_at timestamptz not null,
  last_inbound_id uuid,
  last_inbound_at timestamptz,
  window_expires_at timestamptz,
  opted_out boolean not null default false,
  version integer not null default 1,
  expires_at timestamptz not null,
  primary key (agency_id, id),
  unique (agency_id, channel_id, contact_id),
  foreign key (agency_id, client_id) references clients (agency_id, id),
  foreign key (agency_id, contact_id) references contacts (agency_id, id) on delete cascade,
  foreign key (agency_id, channel_id) references channels (agency_id, id)
);
create index conversations_newest on conversations (agency_id, client_id, last_message_at desc, id);
create index conversations_contact on conversations (agency_id, contact_id);
create index conversations_snoozed on conversations (snoozed_until) where status = 'snoozed';
create index conversations_expiry on conversations (expires_at);
comment on table conversations is '{"tenancy":"client","dataClass":"end-customer","retention":"conversation","audit":"conversation.*"}';

create sequence message_order;
create table messages (
  agency_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  conversation_id uuid not null,
  channel_id uuid not null,
  direction text not null check (direction in ('in', 'out')),
  kind text not null,
  text text not null,
  media jsonb,
  reply_to_id uuid,
  author_id uuid,
  status text not null check (status in ('received', 'queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown')),
  failure jsonb,
  reactions jsonb not null default '[]',
  edited_at timestamptz,
  -- Provider id of the edit that is shown, to choose between two of the same second.
  edit_id text,
  deleted_at timestamptz,
  sent_at timestamptz not null,
  delivered_at timestamptz,
  read_at timestamptz,
  provider_id text,
  -- Order of writing within a conversation; replies leave in it.
  place bigint not null default nextval('message_order'),
  attempts integer not null default 0,
  -- While a worker talks to the provider; a claim that ran out means that nobody knows what happened.
  claimed_until timestamptz,
  -- Not tried again before this moment: the provider asked for a pause.
  not_before timestamptz,
  version integer not null default 1,
  expires_at timestamptz not null,
  primary key (agency_id, id),
  foreign key (agency_id, conversation_id) references conversations (agency_id, id) on delete cascade
);
-- The natural key that makes a redelivery at any age change nothing (WH-08).
create unique index messages_provider on messages (agency_id, channel_id, provider_id) where provider_id is not null;
create index messages_thread on messages (agency_id, conversation_id, sent_at desc, id);
create index messages_outgoing on messages (agency_id, conversation_id, place) where status in ('queued', 'sending');
create index messages_expiry on messages (expires_at);
comment on table messages is '{"tenancy":"client","dataClass":"end-customer","retention":"conversation","audit":"message.send"}';

create table notes (
  agency_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  conversation_id uuid not null,
  author_id uuid not null,
  text text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (agency_id, id),
  foreign key (agency_id, conversation_id) references conversations (agency_id, id) on delete cascade
);
create index notes_conversation on notes (agency_id, conversation_id, created_at);
create index notes_expiry on notes (expires_at);
comment on table notes is '{"tenancy":"client","dataClass":"end-customer","retention":"conversation","audit":"conversation.note"}';

do $$
declare
  name text;
  expiry text;
begin
  foreach name in array array['channels', 'contacts', 'contact_identities', 'conversations', 'messages', 'notes'] loop
    expiry := case when name = 'channels' then '' else ' and expires_at > (select astrix_now())' end;
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant on %I to astrix_tenant
         using (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[]))%s)
         with check (agency_id = (select astrix_agency()) and ((select astrix_all_clients()) or client_id = any ((select astrix_clients())::uuid[])))',
      name, expiry);
    execute format('create policy system on %I to astrix_system using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to astrix_system', name);
  end loop;
end $$;
-- A tenant never sees a credential of a channel, and never deletes.
grant select (agency_id, id, client_id, provider, account_id, display_phone, status, notice) on channels to astrix_tenant;
grant select, update on contacts to astrix_tenant;
grant select, insert, update on conversations, messages to astrix_tenant;
grant select, insert on notes to astrix_tenant;
grant usage on sequence message_order to astrix_tenant, astrix_system;

create trigger contacts_feed after insert or update or delete on contacts for each row execute function astrix_feed('contacts', 'id', 'client_id', '-');
create trigger conversations_feed after insert or update or delete on conversations for each row execute function astrix_feed('conversations', 'id', 'client_id', '-');
create trigger messages_feed after insert or update or delete on messages for each row execute function astrix_feed('messages', 'id', 'client_id', '-');
create trigger notes_feed after insert or update or delete on notes for each row execute function astrix_feed('notes', 'id', 'client_id', '-');
