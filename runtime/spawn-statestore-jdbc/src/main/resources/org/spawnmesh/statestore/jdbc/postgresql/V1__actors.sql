-- The latest state of each actor. A row is never deleted: an erased actor keeps its revision, with state null.
-- state: as it is, or nonce + ciphertext + tag if key_id names a key. tags: a JSON object of strings.
-- based_on: what a commit expects; it is compared while the row is written, and then 0.
-- Half of each page is left free, so that an update stays on its page and touches no index.
create table ${prefix}snapshot (
  system varchar(63) collate "C" not null,
  type varchar(127) collate "C" not null,
  name varchar(255) collate "C" not null,
  revision bigint not null,
  based_on bigint not null,
  state_type varchar(1024),
  state bytea,
  key_id varchar(64) collate "C",
  tags text,
  primary key (system, type, name)
) with (fillfactor = 50);

-- Earlier revisions of actors that keep history, and who caused them. occurred_at: microseconds since 1970, UTC.
create table ${prefix}history (
  system varchar(63) collate "C" not null,
  type varchar(127) collate "C" not null,
  name varchar(255) collate "C" not null,
  revision bigint not null,
  state_type varchar(1024),
  state bytea,
  key_id varchar(64) collate "C",
  tags text,
  action text not null,
  caller text,
  trace_id text,
  occurred_at bigint not null,
  primary key (system, type, name, revision)
);

-- Every life of a node. Its state is in its writers' rows.
create table ${prefix}node (
  system varchar(63) collate "C" not null,
  incarnation bigint not null,
  name text not null,
  registered_at bigint not null,
  fenced_at bigint,
  primary key (system, incarnation)
);

-- Who may commit, and what became of the last commit. state: 0 registered, 1 member, 2 fenced. void: batch is used up, but nothing was committed.
create table ${prefix}writer (
  system varchar(63) collate "C" not null,
  incarnation bigint not null,
  writer smallint not null,
  state smallint not null,
  batch bigint not null,
  void boolean not null,
  primary key (system, incarnation, writer)
) with (fillfactor = 50);
create index ${prefix}writer_state on ${prefix}writer (system, state);

-- Who is a member: one row for each actor system. members: incarnations, ascending, with commas between.
create table ${prefix}view (
  system varchar(63) collate "C" not null primary key,
  number bigint not null,
  members text not null,
  last_incarnation bigint not null
);

-- One sealed, known text for each encryption key in use, so that a wrong key is noticed at the start.
create table ${prefix}key_check (
  system varchar(63) collate "C" not null,
  key_id varchar(64) collate "C" not null,
  sealed bytea not null,
  primary key (system, key_id)
);
