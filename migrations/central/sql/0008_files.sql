-- Files lie beside the records that name them: same scope, same part, same rights.

ALTER TABLE arm.centre ADD COLUMN file_limit bigint NOT NULL DEFAULT 52428800; -- bytes, 50 MiB

CREATE TABLE arm.blob (
    scope        int,
    sha256       text COLLATE "C" CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    chunks       int NOT NULL CHECK (chunks >= 0),
    size         bigint,         -- bytes; null until all is here and the fingerprint is right
    rolname      name NOT NULL,  -- who began to send it
    begun_at     timestamptz NOT NULL DEFAULT now(),
    done_at      timestamptz,
    PRIMARY KEY (scope, sha256)
) PARTITION BY HASH (scope);

CREATE TABLE arm.blob_chunk (
    scope        int,
    sha256       text COLLATE "C",
    n            int CHECK (n >= 0),
    data         bytea NOT NULL CHECK (octet_length(data) BETWEEN 1 AND 1048576),
    PRIMARY KEY (scope, sha256, n)
) PARTITION BY HASH (scope);
-- scans are compressed already
ALTER TABLE arm.blob_chunk ALTER COLUMN data SET STORAGE EXTERNAL;

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['blob', 'blob_chunk'] LOOP
        FOR i IN 0 .. 15 LOOP
            EXECUTE format('CREATE TABLE arm.%I PARTITION OF arm.%I
                            FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
                           v_table || '_' || to_char(i, 'FM00'), v_table, i);
        END LOOP;
        EXECUTE format('ALTER TABLE arm.%I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE arm.%I FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format('CREATE POLICY admin ON arm.%I TO arm_admin USING (true)', v_table);
        EXECUTE format('GRANT ALL ON arm.%I TO arm_admin', v_table);
        -- people have no right on the tables themselves: the functions are the only door
        EXECUTE format('CREATE POLICY seen ON arm.%I FOR SELECT
                        USING (scope = ANY ((SELECT arm.my_scopes())::int[]))', v_table);
        EXECUTE format('CREATE POLICY added ON arm.%I FOR INSERT TO arm_owner
                        WITH CHECK (scope = ANY ((SELECT arm.my_writable_scopes())::int[]))',
                       v_table);
        EXECUTE format('CREATE POLICY written ON arm.%I FOR UPDATE TO arm_owner
                        USING (scope = ANY ((SELECT arm.my_writable_scopes())::int[]))', v_table);
        EXECUTE format('CREATE POLICY dropped ON arm.%I FOR DELETE TO arm_owner
                        USING (scope = ANY ((SELECT arm.my_writable_scopes())::int[]))', v_table);
    END LOOP;
END
$$;

-- which records name a file: asked before its pieces go
CREATE INDEX doc_by_file ON arm.doc (scope, (body->>'sha256')) WHERE body->>'sha256' IS NOT NULL;
