-- The latest state of each actor. A row is never deleted: an erased actor keeps its revision, with state null.
-- state: as it is, or nonce + ciphertext + tag if key_id names a key. tags: a JSON object of strings.
create table ${prefix}snapshot (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  revision bigint not null,
  state_type varchar(1024),
  state varbinary,
  key_id varchar(64),
  tags varchar,
  primary key (system, type, name)
);

-- Earlier revisions of actors that keep history, and who caused them. occurred_at: microseconds since 1970, UTC.
create table ${prefix}history (
  system varchar(63) not null,
  type varchar(127) not null,
  name varchar(255) not null,
  revision bigint not null,
  state_type varchar(1024),
  state varbinary,
  key_id varchar(64),
  tags varchar,
  action varchar not null,
  caller varchar,
  trace_id varchar,
  occurred_at bigint not null,
  primary key (system, type, name, revision)
);

-- Every life of a node. Its state is in its writers' rows.
create table ${prefix}node (
  system varchar(63) not null,
  incarnation bigint not null,
  name varchar not null,
  registered_at bigint not null,
  fenced_at bigint,
  primary key (system, incarnation)
);

-- Who may commit, and what became of the last commit. state: 0 registered, 1 member, 2 fenced. void: batch is used up, but nothing was committed.
create table ${prefix}writer (
  system varchar(63) not null,
  incarnation bigint not null,
  writer smallint not null,
  state smallint not null,
  batch bigint not null,
  void boolean not null,
  primary key (system, incarnation, writer)
);
create index ${prefix}writer_state on ${prefix}writer (system, state);

-- Who is a member: one row for each actor system. members: incarnations, ascending, with commas between.
create table ${prefix}view (
  system varchar(63) not null primary key,
  number bigint not null,
  members varchar not null,
  last_incarnation bigint not null
);

-- One sealed, known text for each encryption key in use, so that a wrong key is noticed at the start.
create table ${prefix}key_check (
  system varchar(63) not null,
  key_id varchar(64) not null,
  sealed varbinary not null,
  primary key (system, key_id)
);

-- One row for each actor system, locked while a standalone node runs; this database has no session locks.
create table ${prefix}standalone (
  system varchar(63) not null primary key
);
