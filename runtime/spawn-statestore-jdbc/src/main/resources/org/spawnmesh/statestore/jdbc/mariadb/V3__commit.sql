-- Messages that actors have sent and that are not delivered yet. system, type, name: the sender.
-- ordered: 1 if it follows all earlier ones of its sender to its target. payload: as it is, or sealed if key_id names a key.
create table ${prefix}outbox (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  sequence bigint not null,
  ordered smallint not null,
  target longtext not null,
  action longtext not null,
  payload_type varchar(1024),
  payload longblob,
  key_id varchar(64),
  metadata longtext,
  primary key (system, type, name, sequence)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- Messages that were given up, until somebody retries or drops them. reason: a failure code. failed_at: microseconds since 1970, UTC.
create table ${prefix}dead_letter (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  sequence bigint not null,
  ordered smallint not null,
  target longtext not null,
  action longtext not null,
  payload_type varchar(1024),
  payload longblob,
  key_id varchar(64),
  metadata longtext,
  reason varchar(16) not null,
  message longtext not null,
  execution varchar(16) not null,
  attempts bigint not null,
  failed_at bigint not null,
  primary key (system, type, name, sequence)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;

-- What actors have applied, so that it is not applied again, and what they answered. source: SHA-256 of source_text, in base64url.
-- number: the last one of that source. kept_until: microseconds since 1970, UTC.
create table ${prefix}reply (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  source varchar(64) not null,
  source_text longtext not null,
  number bigint not null,
  fingerprint varchar(64),
  answer_type varchar(1024),
  answer longblob,
  key_id varchar(64),
  failure varchar(16),
  kept_until bigint not null,
  primary key (system, type, name, source)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
create index ${prefix}reply_kept_until on ${prefix}reply (system, kept_until);

-- What actors are to do at a time. slot: a part of 256, by the name. due_at: the next planned time, microseconds since 1970, UTC.
create table ${prefix}reminder (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  reminder varchar(255) not null,
  slot smallint not null,
  action longtext not null,
  payload_type varchar(1024),
  payload longblob,
  key_id varchar(64),
  metadata longtext,
  caller longtext,
  schedule longtext not null,
  zone longtext not null,
  catch_up longtext not null,
  due_at bigint not null,
  primary key (system, type, name, reminder)
) engine = InnoDB character set utf8mb4 collate utf8mb4_nopad_bin;
create index ${prefix}reminder_due on ${prefix}reminder (system, type, due_at);
