-- Files travel in pieces of at most 1 MiB, each checked when it comes, the whole checked before any
-- record may rely on it. Errors: EF001 not in a scope of yours, EF002 too large, EF003 piece spoilt.
-- Whether a file is there is answered only inside one's own scopes, and a file of another scope is
-- never used to save a transfer: «already there» would tell that somebody else has this very scan.

CREATE OR REPLACE FUNCTION arm.require_my_scope(p_scope int) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.require_tls();
    IF NOT coalesce(p_scope = ANY (arm.my_writable_scopes()), false) THEN
        RAISE EXCEPTION 'not your scope' USING ERRCODE = 'EF001';
    END IF;
END
$$;

-- The limit of one file, bytes.
CREATE OR REPLACE FUNCTION sync_v1.file_limit() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT file_limit FROM arm.centre
$$;

-- Numbers of the pieces still to be sent; null when the file is there whole. Begins a transfer.
CREATE OR REPLACE FUNCTION sync_v1.blob_missing(p_scope int, p_sha256 text, p_count int)
RETURNS int[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_blob arm.blob;
BEGIN
    PERFORM arm.require_my_scope(p_scope);
    IF p_count > (sync_v1.file_limit() + 1048575) / 1048576 THEN
        RAISE EXCEPTION 'file too large' USING ERRCODE = 'EF002';
    END IF;
    INSERT INTO arm.blob (scope, sha256, chunks, rolname)
    VALUES (p_scope, p_sha256, p_count, session_user) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT v_blob FROM arm.blob
    WHERE scope = p_scope AND sha256 = p_sha256 FOR UPDATE;
    IF v_blob.size IS NOT NULL THEN
        -- somebody relies on it from now on: a sweep counts its days anew
        UPDATE arm.blob SET done_at = now() WHERE scope = p_scope AND sha256 = p_sha256;
        RETURN NULL;
    END IF;
    IF v_blob.chunks <> p_count THEN -- cut another way: only one way gives this fingerprint
        DELETE FROM arm.blob_chunk WHERE scope = p_scope AND sha256 = p_sha256;
        UPDATE arm.blob SET chunks = p_count WHERE scope = p_scope AND sha256 = p_sha256;
    END IF;
    RETURN ARRAY(SELECT n FROM generate_series(0, p_count - 1) AS n
                 EXCEPT SELECT c.n FROM arm.blob_chunk c
                 WHERE c.scope = p_scope AND c.sha256 = p_sha256 ORDER BY n);
END
$$;

-- One piece with its own fingerprint; repeating it changes nothing.
CREATE OR REPLACE FUNCTION sync_v1.blob_put(
    p_scope int, p_sha256 text, p_n int, p_piece_sha256 text, p_data bytea
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_chunks int;
BEGIN
    PERFORM arm.require_my_scope(p_scope);
    IF encode(sha256(p_data), 'hex') <> p_piece_sha256 THEN
        RAISE EXCEPTION 'piece spoilt' USING ERRCODE = 'EF003';
    END IF;
    -- the row is held, so that nobody checks the whole or drops it meanwhile
    SELECT chunks INTO v_chunks FROM arm.blob
    WHERE scope = p_scope AND sha256 = p_sha256 AND size IS NULL FOR NO KEY UPDATE;
    IF p_n < v_chunks THEN -- otherwise it is whole already, or begun anew: «done» will tell
        INSERT INTO arm.blob_chunk (scope, sha256, n, data)
        VALUES (p_scope, p_sha256, p_n, p_data) ON CONFLICT DO NOTHING;
    END IF;
END
$$;

-- «done»: the whole has the fingerprint it is named by. «missing»: pieces are still to come.
-- «bad»: the pieces do not give this fingerprint; they are thrown away.
CREATE OR REPLACE FUNCTION sync_v1.blob_done(p_scope int, p_sha256 text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_blob  arm.blob;
    v_count bigint;
    v_whole bytea;
BEGIN
    PERFORM arm.require_my_scope(p_scope);
    SELECT * INTO v_blob FROM arm.blob
    WHERE scope = p_scope AND sha256 = p_sha256 FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'missing';
    ELSIF v_blob.size IS NOT NULL THEN
        RETURN 'done';
    END IF;
    SELECT count(*), coalesce(string_agg(data, ''::bytea ORDER BY n), '')
    INTO v_count, v_whole FROM arm.blob_chunk
    WHERE scope = p_scope AND sha256 = p_sha256;
    IF v_count <> v_blob.chunks THEN
        RETURN 'missing';
    END IF;
    IF encode(sha256(v_whole), 'hex') <> p_sha256
       OR octet_length(v_whole) > sync_v1.file_limit() THEN
        PERFORM arm.forget_blob(p_scope, p_sha256);
        RETURN 'bad';
    END IF;
    UPDATE arm.blob SET size = octet_length(v_whole), done_at = now()
    WHERE scope = p_scope AND sha256 = p_sha256;
    RETURN 'done';
END
$$;

-- Size of a whole file; null if it is not there, or not for these eyes.
CREATE OR REPLACE FUNCTION sync_v1.blob_size(p_scope int, p_sha256 text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.require_tls();
    RETURN (SELECT size FROM arm.blob
            WHERE scope = p_scope AND sha256 = p_sha256
              AND scope = ANY ((SELECT arm.my_scopes())::int[]));
END
$$;

-- One piece of a whole file, or null as above.
CREATE OR REPLACE FUNCTION sync_v1.blob_get(p_scope int, p_sha256 text, p_n int) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.require_tls();
    RETURN (SELECT c.data FROM arm.blob_chunk c JOIN arm.blob b USING (scope, sha256)
            WHERE c.scope = p_scope AND c.sha256 = p_sha256 AND c.n = p_n AND b.size IS NOT NULL
              AND c.scope = ANY ((SELECT arm.my_scopes())::int[]));
END
$$;

CREATE OR REPLACE FUNCTION arm.forget_blob(p_scope int, p_sha256 text) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_count int;
BEGIN
    DELETE FROM arm.blob_chunk WHERE scope = p_scope AND sha256 = p_sha256;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    DELETE FROM arm.blob WHERE scope = p_scope AND sha256 = p_sha256;
    RETURN v_count;
END
$$;

-- For legal erasure: once the record is emptied its file goes, unless another record of the scope
-- names the same bytes. Returns how many pieces went.
CREATE OR REPLACE FUNCTION arm.drop_blobs(p_scope int, p_sha256 text) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM arm.blob WHERE scope = p_scope AND sha256 = p_sha256 FOR UPDATE;
    IF EXISTS (SELECT 1 FROM arm.doc WHERE scope = p_scope AND body->>'sha256' = p_sha256) THEN
        RETURN 0;
    END IF;
    RETURN arm.forget_blob(p_scope, p_sha256);
END
$$;

-- A record that moves to another scope takes its file along.
CREATE OR REPLACE FUNCTION arm.copy_blob(p_from int, p_to int, p_sha256 text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM arm.blob
                   WHERE scope = p_from AND sha256 = p_sha256 AND size IS NOT NULL)
       OR EXISTS (SELECT 1 FROM arm.blob
                  WHERE scope = p_to AND sha256 = p_sha256 AND size IS NOT NULL) THEN
        RETURN;
    END IF;
    PERFORM arm.forget_blob(p_to, p_sha256); -- somebody's transfer half-way: this one is whole
    INSERT INTO arm.blob (scope, sha256, chunks, size, rolname, begun_at, done_at)
    SELECT p_to, sha256, chunks, size, rolname, begun_at, now() FROM arm.blob
    WHERE scope = p_from AND sha256 = p_sha256;
    INSERT INTO arm.blob_chunk (scope, sha256, n, data)
    SELECT p_to, sha256, n, data FROM arm.blob_chunk
    WHERE scope = p_from AND sha256 = p_sha256;
END
$$;

-- The person of a new record has moved meanwhile, and the record with them: its file was sent to the
-- scope that the author knew of.
CREATE OR REPLACE FUNCTION arm.bring_blob(p_scope int, p_sha256 text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_sha256 IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM arm.blob WHERE scope = p_scope AND sha256 = p_sha256 AND size IS NOT NULL)
    THEN
        PERFORM arm.copy_blob(b.scope, p_scope, p_sha256) FROM arm.blob b
        WHERE b.scope = ANY (arm.my_writable_scopes()) AND b.sha256 = p_sha256
          AND b.size IS NOT NULL LIMIT 1;
    END IF;
END
$$;

-- Files that nobody can ask for any more: all records that named them are deleted and the time of
-- «undo» is over, or no record ever named them. Returns how many files went.
CREATE OR REPLACE FUNCTION arm.sweep_blobs(
    p_undo interval DEFAULT '90 days', p_unnamed interval DEFAULT '30 days'
) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_blob  record;
    v_count int := 0;
BEGIN
    FOR v_blob IN
        SELECT b.scope, b.sha256 FROM arm.blob b
        WHERE coalesce(b.done_at, b.begun_at) < now() - p_unnamed
          AND NOT EXISTS (
            SELECT 1 FROM arm.doc d WHERE d.scope = b.scope AND d.body->>'sha256' = b.sha256
            AND (NOT d.deleted
                 OR EXISTS (SELECT 1 FROM arm.change c WHERE c.scope = d.scope AND c.id = d.id
                            AND c.op = 'D' AND c.at > now() - p_undo)
                 OR EXISTS (SELECT 1 FROM arm.conflict f WHERE f.scope = d.scope
                            AND f.doc_id = d.id AND f.state = 'open')))
        FOR UPDATE
    LOOP
        PERFORM arm.forget_blob(v_blob.scope, v_blob.sha256);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$$;
