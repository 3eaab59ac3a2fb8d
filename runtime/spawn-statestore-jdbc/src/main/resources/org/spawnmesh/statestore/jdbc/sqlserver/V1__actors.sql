-- The latest state of each actor. A row is never deleted: an erased actor keeps its revision, with state null.
-- state: as it is, or nonce + ciphertext + tag if key_id names a key. tags: a JSON object of strings.
create table ${prefix}snapshot (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  type nvarchar(127) collate Latin1_General_100_BIN2 not null,
  name nvarchar(255) collate Latin1_General_100_BIN2 not null,
  revision bigint not null,
  state_type nvarchar(1024),
  state varbinary(max),
  key_id nvarchar(64) collate Latin1_General_100_BIN2,
  tags nvarchar(max),
  primary key (system, type, name)
);

-- Earlier revisions of actors that keep history, and who caused them. occurred_at: microseconds since 1970, UTC.
create table ${prefix}history (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  type nvarchar(127) collate Latin1_General_100_BIN2 not null,
  name nvarchar(255) collate Latin1_General_100_BIN2 not null,
  revision bigint not null,
  state_type nvarchar(1024),
  state varbinary(max),
  key_id nvarchar(64) collate Latin1_General_100_BIN2,
  tags nvarchar(max),
  action nvarchar(max) not null,
  caller nvarchar(max),
  trace_id nvarchar(max),
  occurred_at bigint not null,
  primary key (system, type, name, revision)
);

-- Every life of a node. Its state is in its writers' rows.
create table ${prefix}node (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  incarnation bigint not null,
  name nvarchar(max) not null,
  registered_at bigint not null,
  fenced_at bigint,
  primary key (system, incarnation)
);

-- Who may commit, and what became of the last commit. state: 0 registered, 1 member, 2 fenced. void: batch is used up, but nothing was committed.
create table ${prefix}writer (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  incarnation bigint not null,
  writer smallint not null,
  state smallint not null,
  batch bigint not null,
  void bit not null,
  primary key (system, incarnation, writer)
);
create index ${prefix}writer_state on ${prefix}writer (system, state);

-- Who is a member: one row for each actor system. members: incarnations, ascending, with commas between.
create table ${prefix}view (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null primary key,
  number bigint not null,
  members nvarchar(max) not null,
  last_incarnation bigint not null
);

-- One sealed, known text for each encryption key in use, so that a wrong key is noticed at the start.
create table ${prefix}key_check (
  system nvarchar(63) collate Latin1_General_100_BIN2 not null,
  key_id nvarchar(64) collate Latin1_General_100_BIN2 not null,
  sealed varbinary(max) not null,
  primary key (system, key_id)
);
