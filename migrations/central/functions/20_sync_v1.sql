-- What a workstation may call. Errors that it must tell apart have their own SQLSTATE:
-- EO001 no account here, EO002 program too old to be given changes, EO003 not encrypted,
-- EO004 batch too large, EO005 this workstation's id belongs to another organisation, EO006 this
-- login registered too many workstations today; 40001, 40P01, 55P03: others are at work, try again.

CREATE OR REPLACE FUNCTION arm.require_tls() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF inet_client_addr() IS NULL OR inet_client_addr() <<= '127.0.0.0/8'
       OR inet_client_addr() = '::1' THEN
        RETURN; -- this very machine
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) THEN
        RAISE EXCEPTION 'not encrypted' USING ERRCODE = 'EO003';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION arm.document_json(p arm.doc) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_jsonb(p)
$$;

-- Remembers the workstation; a new one gets the next number of its region.
CREATE OR REPLACE FUNCTION arm.register_client(p_client text, p_schema int) RETURNS arm.client
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_client arm.client;
    v_region text;
BEGIN
    SELECT o.region INTO v_region FROM arm.organisation o WHERE o.org = arm.my_org();
    IF v_region IS NULL THEN
        RAISE EXCEPTION 'no account' USING ERRCODE = 'EO001';
    END IF;
    SELECT * INTO v_client FROM arm.client WHERE client = p_client;
    IF FOUND THEN
        -- a workstation greets every few seconds: not each time is worth a write to the disk
        IF v_client.seen_at < now() - interval '1 minute'
           OR (v_client.last_rolname, v_client.schema) <> (session_user, p_schema) THEN
            UPDATE arm.client SET last_rolname = session_user, schema = p_schema, seen_at = now()
            WHERE client = p_client RETURNING * INTO v_client;
        END IF;
        RETURN v_client;
    END IF;
    IF (SELECT count(*) FROM arm.client c WHERE c.rolname = session_user
          AND c.added_at > now() - interval '1 day')
       >= (SELECT workstations_a_day FROM arm.centre) THEN
        RAISE EXCEPTION 'too many workstations' USING ERRCODE = 'EO006';
    END IF;
    INSERT INTO arm.region_numbers AS r (region, last_number) VALUES (v_region, 0)
    ON CONFLICT (region) DO NOTHING;
    UPDATE arm.region_numbers SET last_number = last_number + 1 WHERE region = v_region;
    BEGIN
        INSERT INTO arm.client (client, org, region, number, rolname, last_rolname, schema)
        SELECT p_client, arm.my_org(), v_region, last_number, session_user, session_user, p_schema
        FROM arm.region_numbers WHERE region = v_region
        RETURNING * INTO v_client;
    EXCEPTION WHEN unique_violation THEN
        RAISE EXCEPTION 'client of another organisation' USING ERRCODE = 'EO005';
    END;
    RETURN v_client;
END
$$;

-- The account of this login, its organisation, and everybody in it.
CREATE OR REPLACE FUNCTION sync_v1.whoami() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object(
        'account', (SELECT to_jsonb(a) FROM arm.account a WHERE a.rolname = session_user),
        'office', (SELECT to_jsonb(o) FROM arm.organisation o),
        'colleagues', (SELECT coalesce(jsonb_agg(jsonb_build_object('login', a.rolname,
                'full_name', a.full_name, 'role', a.role, 'active', a.active)
                ORDER BY a.rolname), '[]') FROM arm.account a))
$$;

-- hello runs in the caller's name; this little goes on in the owner's.
CREATE OR REPLACE FUNCTION arm.keep_day() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM share.keep_day();
END
$$;

-- p_cursors: [{"scope", "seq", "hash"}], what the workstation holds. Cursors that do not lie on
-- our chain come back as "diverged": the centre was restored, or history was rewritten.
CREATE OR REPLACE FUNCTION sync_v1.hello(p_client text, p_proto int, p_schema int, p_cursors jsonb)
RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_client arm.client;
BEGIN
    PERFORM arm.require_tls();
    PERFORM arm.admit_session(p_client);
    v_client := arm.register_client(p_client, p_schema);
    PERFORM arm.keep_day();
    RETURN (SELECT jsonb_build_object(
        'proto', c.proto, 'schema_cur', c.schema_cur, 'schema_min', c.schema_min,
        'feed_epoch', c.feed_epoch, 'server_time', arm.instant(clock_timestamp()),
        'client_number', v_client.number, 'last_cseq', v_client.last_cseq,
        'last_op_hash', v_client.last_op_hash, 'hidden_kinds', to_jsonb(arm.my_hidden_kinds()),
        'heads', (SELECT coalesce(jsonb_agg(jsonb_build_object('scope', h.scope, 'seq', h.seq,
                'hash', h.hash, 'title', h.title, 'can_write', h.scope = ANY (arm.my_writable_scopes()))
                ORDER BY h.scope), '[]') FROM arm.scope_head h),
        'diverged', (SELECT coalesce(jsonb_agg(held.scope), '[]')
            FROM jsonb_to_recordset(p_cursors) AS held(scope int, seq bigint, hash text)
            JOIN arm.scope_head h ON h.scope = held.scope
            WHERE held.seq > 0 AND NOT arm.on_chain(held.scope, held.seq, held.hash)),
        'organisations', sync_v1.organisations()) || sync_v1.whoami()
        FROM arm.centre c);
END
$$;

-- The record an operation speaks of, even where the operation is no valid JSON for us. Operations
-- are canonical text: what stands around a name tells it from the like inside a field's value.
CREATE OR REPLACE FUNCTION arm.spoken_id(p_op text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(substring(p_op FROM '"id":"([0-9A-Za-z_-]{1,40})","kind":"[^"]*","op":"'), '')
$$;

CREATE OR REPLACE FUNCTION arm.spoken_person(p_op text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(substring(p_op FROM '"person":"([0-9A-Za-z_-]{1,40})","prev":"'), '')
$$;

-- Where an operation sends a record; NULL for all but moves.
CREATE OR REPLACE FUNCTION arm.spoken_target(p_op text) RETURNS int
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT substring(p_op FROM '"f":{"scope":{[^{}]*"n":([0-9]{1,9})[,}]')::int
    WHERE p_op LIKE '%"op":"move"%'
$$;

CREATE OR REPLACE FUNCTION arm.earlier_result(p_client text, p_cseq bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(
        (SELECT jsonb_build_object('status', status, 'why', why) FROM arm.rejected
         WHERE client = p_client AND cseq = p_cseq),
        (SELECT jsonb_build_object('status', 'conflict') FROM arm.change
         WHERE client = p_client AND cseq = p_cseq AND op = 'C' LIMIT 1),
        '{"status": "applied"}') || '{"again": true}'
$$;

-- A record in the shape that a program of this schema knows.
CREATE OR REPLACE FUNCTION arm.document_for(p arm.doc, p_schema int) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN p_schema < (SELECT schema_cur FROM arm.centre)
                THEN arm.downcast_doc(to_jsonb(p), p_schema) ELSE to_jsonb(p) END
$$;

-- The scope of the batch, where its records and their people are now, and where it sends them.
CREATE OR REPLACE FUNCTION arm.scopes_of(p_scope int, p_ops text[]) RETURNS int[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT array_agg(DISTINCT scope) FROM (
        SELECT p_scope AS scope
        UNION ALL
        SELECT h.scope FROM arm.doc_home h WHERE h.id = ANY (
            ARRAY(SELECT arm.spoken_id(op) FROM unnest(p_ops) AS op
                  UNION SELECT arm.spoken_person(op) FROM unnest(p_ops) AS op))
        UNION ALL
        SELECT arm.spoken_target(op) FROM unnest(p_ops) AS op
    ) AS scopes WHERE scope IS NOT NULL
$$;

-- The records a batch spoke of, as they are now; of a person that moved, all.
CREATE OR REPLACE FUNCTION arm.spoken_documents(p_scopes int[], p_ops text[], p_schema int)
RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(arm.document_for(d, p_schema)), '[]') FROM arm.doc d
    WHERE d.scope = ANY (p_scopes) AND d.kind = ANY ((SELECT arm.my_kinds())::text[]) AND (
        d.id = ANY (ARRAY(SELECT arm.spoken_id(op) FROM unnest(p_ops) AS op))
        OR d.person = ANY (ARRAY(SELECT arm.spoken_id(op) FROM unnest(p_ops) AS op
                                 WHERE arm.spoken_target(op) IS NOT NULL)))
$$;

-- Operations of one scope in the order they were made. Returns
-- {"last", "results": [{"cseq", "status", "why"}], "docs": [...], "stop": null | "gap" | "fork"}.
-- Sent again after a lost answer, an operation is not applied again and answers as it did.
CREATE OR REPLACE FUNCTION sync_v1.push(
    p_client text, p_schema int, p_scope int, p_cseqs bigint[], p_ops text[], p_authors text[]
) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    v_more text;
    v_also int[] := '{}';
BEGIN
    -- What a push carries on to other organisations is known only once it is applied. If it needs
    -- heads that it does not hold, all is undone, their locks too, and done again with these as
    -- well: taken in one ascending order, no two pushes wait for each other in a ring.
    LOOP
        BEGIN
            RETURN arm.push_holding(p_client, p_schema, p_scope, p_cseqs, p_ops, p_authors, v_also);
        EXCEPTION WHEN SQLSTATE 'EO100' THEN
            GET STACKED DIAGNOSTICS v_more = PG_EXCEPTION_DETAIL;
            v_also := v_also || v_more::int[];
        END;
    END LOOP;
END
$$;

-- One try of a push, holding the heads of p_also besides its own.
CREATE OR REPLACE FUNCTION arm.push_holding(
    p_client text, p_schema int, p_scope int, p_cseqs bigint[], p_ops text[], p_authors text[],
    p_also int[]
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_client  arm.client;
    v_scopes  int[];
    v_heads   int[];
    v_first   bigint;
    v_hashes  text[] := '{}';
    v_hash    text;
    v_result  jsonb;
    v_results jsonb := '[]';
    v_stop    text;
BEGIN
    PERFORM arm.require_tls();
    IF cardinality(p_ops) > 500 OR octet_length(array_to_string(p_ops, '')) > 4194304 THEN
        RAISE EXCEPTION 'batch too large' USING ERRCODE = 'EO004';
    END IF;
    PERFORM arm.admit(p_client);
    SELECT * INTO v_client FROM arm.client WHERE client = p_client FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'say hello first' USING ERRCODE = 'EO001';
    END IF;
    v_first := v_client.last_cseq + 1;
    v_scopes := arm.scopes_of(p_scope, p_ops);
    v_heads := arm.hold_heads(p_scope, v_scopes, p_ops, p_also);
    FOR i IN 1 .. cardinality(p_ops) LOOP
        v_hash := arm.sha256_hex(p_ops[i]);
        IF p_cseqs[i] <= v_client.last_cseq THEN
            IF p_cseqs[i] = v_client.last_cseq AND v_hash <> v_client.last_op_hash THEN
                v_stop := 'fork';
                EXIT;
            END IF;
            v_result := arm.earlier_result(p_client, p_cseqs[i]);
        ELSIF p_cseqs[i] <> v_client.last_cseq + 1 THEN
            v_stop := 'gap';
            EXIT;
        ELSE
            v_result := arm.take_op(v_client, p_scope, p_cseqs[i], p_ops[i], p_authors[i]);
            IF v_result->>'status' = 'fork' THEN
                v_stop := 'fork';
                EXIT;
            END IF;
            v_client.last_cseq := p_cseqs[i];
            v_client.last_op_hash := v_hash;
            v_hashes := v_hashes || v_hash;
        END IF;
        v_results := v_results || (v_result || jsonb_build_object('cseq', p_cseqs[i]));
    END LOOP;
    PERFORM share.after_push(touched, ARRAY(SELECT arm.spoken_id(op) FROM unnest(p_ops) AS op),
                             v_heads) FROM unnest(v_scopes) AS touched;
    IF v_client.last_cseq >= v_first THEN
        INSERT INTO arm.taken (client, last_cseq, hashes)
        VALUES (p_client, v_client.last_cseq, v_hashes);
    END IF;
    UPDATE arm.client SET last_cseq = v_client.last_cseq, last_op_hash = v_client.last_op_hash,
           last_rolname = session_user, schema = p_schema, seen_at = now()
    WHERE client = p_client;
    RETURN jsonb_build_object('last', v_client.last_cseq, 'results', v_results, 'stop', v_stop,
        'docs', arm.spoken_documents(v_scopes, p_ops, p_schema));
END
$$;

-- One operation that is next in its line: applied, or refused and kept. What makes no sense must
-- not stop the queue; what is wrong with the server or needs another try must.
CREATE OR REPLACE FUNCTION arm.take_op(
    p_client arm.client, p_scope int, p_cseq bigint, p_text text, p_author text
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_op     jsonb;
    v_result jsonb;
BEGIN
    BEGIN
        v_op := p_text::jsonb;
        IF (v_op->>'cseq')::bigint IS DISTINCT FROM p_cseq
           OR (v_op->>'scope')::int IS DISTINCT FROM p_scope THEN
            RAISE EXCEPTION 'envelope and letter differ' USING ERRCODE = '22023';
        END IF;
        IF v_op->>'prev' IS DISTINCT FROM p_client.last_op_hash THEN
            RETURN '{"status": "fork"}';
        END IF;
        v_result := arm.apply_op(p_scope, arm.upcast_op(v_op), p_client.client, p_cseq, p_author);
    EXCEPTION
        WHEN unique_violation THEN
            v_result := '{"status": "invalid", "why": "id_taken"}';
        WHEN insufficient_privilege THEN
            v_result := '{"status": "denied", "why": "no_right"}'; -- taken away this very moment
        WHEN OTHERS THEN
            -- 40 conflicts of transactions, 53 no resources, 55 locks, 57 an operator, 58 the
            -- system, XX damage, 25 and 42 our own mistakes, EO our own words
            IF left(SQLSTATE, 2) IN ('25', '40', '42', '53', '55', '57', '58', 'EO', 'XX') THEN
                RAISE;
            END IF;
            v_result := '{"status": "invalid", "why": "bad_op"}';
    END;
    IF v_result->>'status' IN ('denied', 'invalid') THEN
        INSERT INTO arm.rejected (client, cseq, rolname, author, org, status, why, op)
        VALUES (p_client.client, p_cseq, session_user, p_author, p_client.org,
                v_result->>'status', v_result->>'why', p_text);
    END IF;
    RETURN v_result;
END
$$;

-- Locks the heads of all scopes that a batch may write to, always in the same order, so that two
-- batches never wait for each other in a ring. Returns the heads held.
CREATE OR REPLACE FUNCTION arm.hold_heads(
    p_scope int, p_scopes int[], p_ops text[], p_also int[]
) RETURNS int[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_mine  int[] := ARRAY(SELECT scope FROM unnest(p_scopes) AS scope
                           WHERE scope = ANY (arm.my_writable_scopes())
                           ORDER BY scope <> p_scope, scope);
    v_heads int[];
BEGIN
    IF cardinality(v_mine) = 0 THEN
        RETURN '{}';
    END IF;
    v_heads := share.hold_for_push(v_mine[1], p_ops, p_also || v_mine);
    IF NOT arm.scopes_of(p_scope, p_ops) <@ p_scopes THEN
        RAISE EXCEPTION 'a record moved meanwhile' USING ERRCODE = '40001';
    END IF;
    RETURN v_heads;
END
$$;

-- What the centre has taken under a workstation's id from a number on: [{"cseq", "op_hash",
-- "status", "why"}]. A copy of that workstation asks before it becomes another one.
CREATE OR REPLACE FUNCTION sync_v1.taken(p_client text, p_from bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(arm.earlier_result(p_client, op.cseq)
                              || jsonb_build_object('cseq', op.cseq, 'op_hash', op.hash)
                              ORDER BY op.cseq), '[]')
    FROM (SELECT t.last_cseq - cardinality(t.hashes) + n AS cseq, hash
          FROM arm.taken t, unnest(t.hashes) WITH ORDINALITY AS each(hash, n)
          WHERE t.client = p_client AND t.last_cseq >= p_from) AS op
    WHERE op.cseq >= p_from
$$;

-- Entries after each cursor, oldest first and scope by scope, with the records as they are now.
-- Planned once a session: to plan for every part of two tables takes longer than an empty answer.
CREATE OR REPLACE FUNCTION sync_v1.pull(p_schema int, p_scopes int[], p_seqs bigint[], p_max int)
RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_page jsonb;
BEGIN
    IF p_schema < (SELECT schema_min FROM arm.centre) THEN
        RAISE EXCEPTION 'program too old' USING ERRCODE = 'EO002';
    END IF;
    -- one statement, one snapshot: a record is never older than its entry
    WITH held AS (
        SELECT * FROM unnest(p_scopes, p_seqs) AS held(scope, seq)
    ), page AS MATERIALIZED (
        SELECT c.* FROM held CROSS JOIN LATERAL (
            SELECT * FROM (
                (SELECT * FROM arm.change e WHERE e.scope = held.scope AND e.seq > held.seq
                 ORDER BY e.seq LIMIT p_max)
                UNION ALL
                SELECT * FROM arm.withheld_entries(held.scope, held.seq, p_max)
                WHERE NOT (SELECT arm.i_read_everything())) AS both_parts
            ORDER BY seq LIMIT p_max) c
        ORDER BY c.scope, c.seq LIMIT p_max
    )
    SELECT jsonb_build_object(
        'changes', (SELECT coalesce(jsonb_agg(
            to_jsonb(page) || jsonb_build_object('delta', page.delta::text,
                                                 'at', arm.instant(page.at))
            ORDER BY page.scope, page.seq), '[]') FROM page),
        'docs', (SELECT coalesce(jsonb_agg(arm.document_for(d, p_schema)), '[]') FROM arm.doc d
                 WHERE d.id = ANY (ARRAY(SELECT DISTINCT page.id FROM page))))
    INTO v_page;
    RETURN v_page;
END
$$;

-- A page of a first load, person by person, for COPY (SELECT * FROM …) TO STDOUT.
CREATE OR REPLACE FUNCTION sync_v1.page(p_scope int, p_person text, p_id text, p_max int)
RETURNS TABLE (person text, id text, kind text, ver int, deleted boolean, fver text, body text)
LANGUAGE sql STABLE AS $$
    SELECT d.person, d.id, d.kind, d.ver, d.deleted, d.fver::text, d.body::text FROM arm.doc d
    WHERE d.scope = p_scope AND (d.person, d.id) > (p_person, p_id)
    ORDER BY d.person, d.id LIMIT p_max
$$;

-- The same in the shape that a program of this schema knows.
CREATE OR REPLACE FUNCTION sync_v1.page(
    p_schema int, p_scope int, p_person text, p_id text, p_max int
) RETURNS TABLE (person text, id text, kind text, ver int, deleted boolean, fver text, body text)
LANGUAGE sql STABLE AS $$
    SELECT d.person, d.id, d.kind, d.ver, d.deleted, (shaped.doc->'fver')::text,
           (shaped.doc->'body')::text
    FROM arm.doc d, LATERAL (SELECT arm.document_for(d, p_schema) AS doc) AS shaped
    WHERE d.scope = p_scope AND (d.person, d.id) > (p_person, p_id)
    ORDER BY d.person, d.id LIMIT p_max
$$;

-- Entries of the past, for the history that people read; with the person each belongs to.
CREATE OR REPLACE FUNCTION sync_v1.entries(p_scope int, p_after bigint, p_until bigint, p_max int)
RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(
        to_jsonb(e) - 'salt' - 'delta_hash' - 'hash'
        || jsonb_build_object('delta', e.delta::text, 'at', arm.instant(e.at), 'person',
               (SELECT d.person FROM arm.doc d WHERE d.scope = e.scope AND d.id = e.id))
        ORDER BY e.seq), '[]')
    FROM (SELECT * FROM arm.change c
          WHERE c.scope = p_scope AND c.seq > p_after AND c.seq <= p_until
          ORDER BY c.seq LIMIT p_max) AS e
$$;

CREATE OR REPLACE FUNCTION sync_v1.count(p_scope int) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT count(*) FROM arm.doc WHERE scope = p_scope
$$;

CREATE OR REPLACE FUNCTION sync_v1.open_conflicts(p_scope int) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(to_jsonb(c) - 'client' - 'cseq'), '[]') FROM arm.conflict c
    WHERE c.scope = p_scope AND c.state = 'open'
$$;
