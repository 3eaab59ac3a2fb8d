-- Messages that actors have sent and that are not delivered yet. system, type, name: the sender.
-- ordered: 1 if it follows all earlier ones of its sender to its target. payload: as it is, or sealed if key_id names a key.
create table ${prefix}outbox (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  sequence bigint not null,
  ordered smallint not null,
  target text not null,
  action text not null,
  payload_type varchar(1024),
  payload bytea,
  key_id varchar(64),
  metadata text,
  primary key (system, type, name, sequence)
);

-- Messages that were given up, until somebody retries or drops them. reason: a failure code. failed_at: microseconds since 1970, UTC.
create table ${prefix}dead_letter (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  sequence bigint not null,
  ordered smallint not null,
  target text not null,
  action text not null,
  payload_type varchar(1024),
  payload bytea,
  key_id varchar(64),
  metadata text,
  reason varchar(16) not null,
  message text not null,
  execution varchar(16) not null,
  attempts bigint not null,
  failed_at bigint not null,
  primary key (system, type, name, sequence)
);

-- What actors have applied, so that it is not applied again, and what they answered. source: SHA-256 of source_text, in base64url.
-- number: the last one of that source. kept_until: microseconds since 1970, UTC.
create table ${prefix}reply (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  source varchar(64) not null,
  source_text text not null,
  number bigint not null,
  fingerprint varchar(64),
  answer_type varchar(1024),
  answer bytea,
  key_id varchar(64),
  failure varchar(16),
  kept_until bigint not null,
  primary key (system, type, name, source)
);
create index ${prefix}reply_kept_until on ${prefix}reply (system, kept_until);

-- What actors are to do at a time. slot: a part of 256, by the name. due_at: the next planned time, microseconds since 1970, UTC.
create table ${prefix}reminder (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  reminder varchar(255) not null,
  slot smallint not null,
  action text not null,
  payload_type varchar(1024),
  payload bytea,
  key_id varchar(64),
  metadata text,
  caller text,
  schedule text not null,
  zone text not null,
  catch_up text not null,
  due_at bigint not null,
  primary key (system, type, name, reminder)
);
create index ${prefix}reminder_due on ${prefix}reminder (system, type, due_at);
