-- Messages that actors have sent and that are not delivered yet. system, type, name: the sender.
-- ordered: 1 if it follows all earlier ones of its sender to its target. payload: as it is, or sealed if key_id names a key.
create table ${prefix}outbox (
  system text not null,
  type text not null,
  name text not null,
  sequence integer not null,
  ordered integer not null,
  target text not null,
  action text not null,
  payload_type text,
  payload blob,
  key_id text,
  metadata text,
  primary key (system, type, name, sequence)
);

-- Messages that were given up, until somebody retries or drops them. reason: a failure code. failed_at: microseconds since 1970, UTC.
create table ${prefix}dead_letter (
  system text not null,
  type text not null,
  name text not null,
  sequence integer not null,
  ordered integer not null,
  target text not null,
  action text not null,
  payload_type text,
  payload blob,
  key_id text,
  metadata text,
  reason text not null,
  message text not null,
  execution text not null,
  attempts integer not null,
  failed_at integer not null,
  primary key (system, type, name, sequence)
);

-- What actors have applied, so that it is not applied again, and what they answered. source: SHA-256 of source_text, in base64url.
-- number: the last one of that source. kept_until: microseconds since 1970, UTC.
create table ${prefix}reply (
  system text not null,
  type text not null,
  name text not null,
  source text not null,
  source_text text not null,
  number integer not null,
  fingerprint text,
  answer_type text,
  answer blob,
  key_id text,
  failure text,
  kept_until integer not null,
  primary key (system, type, name, source)
);
create index ${prefix}reply_kept_until on ${prefix}reply (system, kept_until);

-- What actors are to do at a time. slot: a part of 256, by the name. due_at: the next planned time, microseconds since 1970, UTC.
create table ${prefix}reminder (
  system text not null,
  type text not null,
  name text not null,
  reminder text not null,
  slot integer not null,
  action text not null,
  payload_type text,
  payload blob,
  key_id text,
  metadata text,
  caller text,
  schedule text not null,
  zone text not null,
  catch_up text not null,
  due_at integer not null,
  primary key (system, type, name, reminder)
);
create index ${prefix}reminder_due on ${prefix}reminder (system, type, due_at);
