SET NOCOUNT, XACT_ABORT ON;
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
DECLARE @system nvarchar(63) = ?, @incarnation bigint = ?, @writer int = ?, @batch bigint = ?, @rows nvarchar(max) = ?, @matched int;
DECLARE @w0 nvarchar(max) = ?;
DECLARE @w1 nvarchar(max) = ?;
DECLARE @w2 nvarchar(max) = ?;
DECLARE @change TABLE (
  type nvarchar(127) COLLATE Latin1_General_100_BIN2 NOT NULL, name nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
  revision bigint NOT NULL, expected bigint NOT NULL, state_type nvarchar(max), state varbinary(max), key_id nvarchar(64), tags nvarchar(max),
  keep int NOT NULL, trims bit NOT NULL, action nvarchar(max), caller nvarchar(max), trace_id nvarchar(max), occurred_at bigint NOT NULL,
  PRIMARY KEY (type, name));
INSERT INTO @change SELECT * FROM OPENJSON(@rows) WITH (
  type nvarchar(127), name nvarchar(255), revision bigint, expected bigint, state_type nvarchar(max), state varbinary(max),
  key_id nvarchar(64), tags nvarchar(max), keep int, trims bit, action nvarchar(max), caller nvarchar(max), trace_id nvarchar(max), occurred_at bigint);
BEGIN TRANSACTION;
UPDATE spawn_writer SET batch = @batch, void = 0 WHERE system = @system AND incarnation = @incarnation AND writer = @writer AND state = 1 AND batch = @batch - 1;
IF @@ROWCOUNT <> 1 BEGIN ROLLBACK TRANSACTION; SELECT 'FENCED'; RETURN; END;
UPDATE s SET revision = c.revision, state_type = c.state_type, state = c.state, key_id = c.key_id, tags = c.tags
  FROM @change c INNER LOOP JOIN spawn_snapshot s ON s.system = @system AND s.type = c.type AND s.name = c.name AND s.revision = c.expected
  WHERE c.expected > 0;
SET @matched = @@ROWCOUNT;
INSERT INTO spawn_snapshot (system, type, name, revision, state_type, state, key_id, tags)
  SELECT @system, c.type, c.name, c.revision, c.state_type, c.state, c.key_id, c.tags FROM @change c
  WHERE c.expected = 0 AND NOT EXISTS (
    SELECT 1 FROM spawn_snapshot s WITH (UPDLOCK, HOLDLOCK) WHERE s.system = @system AND s.type = c.type AND s.name = c.name);
SET @matched = @matched + @@ROWCOUNT;
IF @matched <> (SELECT COUNT(*) FROM @change) BEGIN ROLLBACK TRANSACTION; SELECT 'STALE'; RETURN; END;
INSERT INTO spawn_history (system, type, name, revision, state_type, state, key_id, tags, action, caller, trace_id, occurred_at)
  SELECT @system, type, name, revision, state_type, state, key_id, tags, action, caller, trace_id, occurred_at FROM @change WHERE keep > 0;
IF EXISTS (SELECT 1 FROM @change WHERE trims = 1)
  DELETE h FROM @change c INNER LOOP JOIN spawn_history h ON h.system = @system AND h.type = c.type AND h.name = c.name
    WHERE c.trims = 1 AND c.keep <= (
      SELECT COUNT(*) FROM spawn_history o WHERE o.system = @system AND o.type = c.type AND o.name = c.name AND o.revision > h.revision);
INSERT INTO spawn_outbox (system, type, name, sequence, ordered, target, action, payload_type, payload, key_id, metadata) SELECT @system, type, name, sequence, ordered, target, action, payload_type, payload, key_id, metadata FROM OPENJSON(@w0) WITH (type nvarchar(max), name nvarchar(max), sequence bigint, ordered bigint, target nvarchar(max), action nvarchar(max), payload_type nvarchar(max), payload varbinary(max), key_id nvarchar(max), metadata nvarchar(max));
DELETE t FROM OPENJSON(@w1) WITH (type nvarchar(max), name nvarchar(max), sequence bigint) j INNER LOOP JOIN spawn_outbox t ON t.system = @system AND t.type = j.type COLLATE Latin1_General_100_BIN2 AND t.name = j.name COLLATE Latin1_General_100_BIN2 AND t.sequence = j.sequence;
DELETE t FROM OPENJSON(@w2) WITH (type nvarchar(max), name nvarchar(max), source nvarchar(max)) j INNER LOOP JOIN spawn_reply t ON t.system = @system AND t.type = j.type COLLATE Latin1_General_100_BIN2 AND t.name = j.name COLLATE Latin1_General_100_BIN2 AND t.source = j.source COLLATE Latin1_General_100_BIN2;
INSERT INTO spawn_reply (system, type, name, source, source_text, number, fingerprint, answer_type, answer, key_id, failure, kept_until, passed_to) SELECT @system, type, name, source, source_text, number, fingerprint, answer_type, answer, key_id, failure, kept_until, passed_to FROM OPENJSON(@w2) WITH (type nvarchar(max), name nvarchar(max), source nvarchar(max), source_text nvarchar(max), number bigint, fingerprint nvarchar(max), answer_type nvarchar(max), answer varbinary(max), key_id nvarchar(max), failure nvarchar(max), kept_until bigint, passed_to nvarchar(max));
COMMIT TRANSACTION;
SELECT 'WRITTEN';
