-- Consent has two scopes: everything, and promotions only. What a customer may have meant waits for an answer of a colleague, and pauses what
-- no person writes to them (ME-04). `stop_hint_at` is the time of the newest such message or answer; an older message changes nothing.

alter table contacts
  add column stop_hint text check (stop_hint in ('all', 'promotions')),
  add column stop_hint_at timestamptz;

-- Conversations repeat what decides whether their customer may be written to.
alter table conversations
  add column marketing_opted_out boolean not null default false,
  add column stop_hint text check (stop_hint in ('all', 'promotions')),
  add column stop_hint_at timestamptz;

update conversations set marketing_opted_out = true
  from contacts
  where contacts.agency_id = conversations.agency_id and contacts.id = conversations.contact_id and contacts.marketing_opt_out_at is not null;
