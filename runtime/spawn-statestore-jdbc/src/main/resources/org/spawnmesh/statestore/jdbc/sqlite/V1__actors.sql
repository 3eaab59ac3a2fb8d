-- The latest state of each actor. A row is never deleted: an erased actor keeps its revision, with state null.
-- state: as it is, or nonce + ciphertext + tag if key_id names a key. tags: a JSON object of strings.
create table ${prefix}snapshot (
  system text not null,
  type text not null,
  name text not null,
  revision integer not null,
  state_type text,
  state blob,
  key_id text,
  tags text,
  primary key (system, type, name)
);

-- Earlier revisions of actors that keep history, and who caused them. occurred_at: microseconds since 1970, UTC.
create table ${prefix}history (
  system text not null,
  type text not null,
  name text not null,
  revision integer not null,
  state_type text,
  state blob,
  key_id text,
  tags text,
  action text not null,
  caller text,
  trace_id text,
  occurred_at integer not null,
  primary key (system, type, name, revision)
);

-- Every life of a node. Its state is in its writers' rows.
create table ${prefix}node (
  system text not null,
  incarnation integer not null,
  name text not null,
  registered_at integer not null,
  fenced_at integer,
  primary key (system, incarnation)
);

-- Who may commit, and what became of the last commit. state: 0 registered, 1 member, 2 fenced. void: batch is used up, but nothing was committed.
create table ${prefix}writer (
  system text not null,
  incarnation integer not null,
  writer integer not null,
  state integer not null,
  batch integer not null,
  void integer not null,
  primary key (system, incarnation, writer)
);
create index ${prefix}writer_state on ${prefix}writer (system, state);

-- Who is a member: one row for each actor system. members: incarnations, ascending, with commas between.
create table ${prefix}view (
  system text not null primary key,
  number integer not null,
  members text not null,
  last_incarnation integer not null
);

-- One sealed, known text for each encryption key in use, so that a wrong key is noticed at the start.
create table ${prefix}key_check (
  system text not null,
  key_id text not null,
  sealed blob not null,
  primary key (system, key_id)
);
