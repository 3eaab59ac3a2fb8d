-- Messages that actors have sent and that are not delivered yet. system, type, name: the sender.
-- ordered: 1 if it follows all earlier ones of its sender to its target. payload: as it is, or sealed if key_id names a key.
create table ${prefix}outbox (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  type nvarchar(127) collate Latin1_General_100_BIN2 not null,
  name nvarchar(255) collate Latin1_General_100_BIN2 not null,
  sequence bigint not null,
  ordered smallint not null,
  target nvarchar(max) not null,
  action nvarchar(max) not null,
  payload_type nvarchar(1024),
  payload varbinary(max),
  key_id nvarchar(64) collate Latin1_General_100_BIN2,
  metadata nvarchar(max),
  primary key (system, type, name, sequence)
);

-- Messages that were given up, until somebody retries or drops them. reason: a failure code. failed_at: microseconds since 1970, UTC.
create table ${prefix}dead_letter (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  type nvarchar(127) collate Latin1_General_100_BIN2 not null,
  name nvarchar(255) collate Latin1_General_100_BIN2 not null,
  sequence bigint not null,
  ordered smallint not null,
  target nvarchar(max) not null,
  action nvarchar(max) not null,
  payload_type nvarchar(1024),
  payload varbinary(max),
  key_id nvarchar(64) collate Latin1_General_100_BIN2,
  metadata nvarchar(max),
  reason nvarchar(16) not null,
  message nvarchar(max) not null,
  execution nvarchar(16) not null,
  attempts bigint not null,
  failed_at bigint not null,
  primary key (system, type, name, sequence)
);

-- What actors have applied, so that it is not applied again, and what they answered. source: SHA-256 of source_text, in base64url.
-- number: the last one of that source. kept_until: microseconds since 1970, UTC.
create table ${prefix}reply (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  type nvarchar(127) collate Latin1_General_100_BIN2 not null,
  name nvarchar(255) collate Latin1_General_100_BIN2 not null,
  source nvarchar(64) collate Latin1_General_100_BIN2 not null,
  source_text nvarchar(max) not null,
  number bigint not null,
  fingerprint nvarchar(64),
  answer_type nvarchar(1024),
  answer varbinary(max),
  key_id nvarchar(64) collate Latin1_General_100_BIN2,
  failure nvarchar(16),
  kept_until bigint not null,
  primary key nonclustered (system, type, name, source)
);
create index ${prefix}reply_kept_until on ${prefix}reply (system, kept_until);

-- What actors are to do at a time. slot: a part of 256, by the name. due_at: the next planned time, microseconds since 1970, UTC.
create table ${prefix}reminder (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  type nvarchar(127) collate Latin1_General_100_BIN2 not null,
  name nvarchar(255) collate Latin1_General_100_BIN2 not null,
  reminder nvarchar(255) collate Latin1_General_100_BIN2 not null,
  slot smallint not null,
  action nvarchar(max) not null,
  payload_type nvarchar(1024),
  payload varbinary(max),
  key_id nvarchar(64) collate Latin1_General_100_BIN2,
  metadata nvarchar(max),
  caller nvarchar(max),
  schedule nvarchar(max) not null,
  zone nvarchar(max) not null,
  catch_up nvarchar(max) not null,
  due_at bigint not null,
  primary key nonclustered (system, type, name, reminder)
);
create index ${prefix}reminder_due on ${prefix}reminder (system, type, due_at);
