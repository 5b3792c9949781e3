-- Workstations as witnesses of history, and the register of who looked at whose card.

-- p_marks: [{"scope", "seq", "hash", "seen_at"}], entries that a workstation saw in the past.
-- Answers with those that are not on the chain any more, and keeps each for the administrator.
CREATE OR REPLACE FUNCTION sync_v1.witness(p_client text, p_marks jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_lost jsonb;
BEGIN
    PERFORM arm.require_tls();
    SELECT coalesce(jsonb_agg(jsonb_build_object('scope', m.scope, 'seq', m.seq, 'hash', m.hash,
                                                 'seen_at', m.seen_at, 'found', c.hash)), '[]')
    INTO v_lost
    FROM jsonb_to_recordset(p_marks) AS m(scope int, seq bigint, hash text, seen_at text)
    LEFT JOIN arm.change c ON c.scope = m.scope AND c.seq = m.seq
    WHERE m.scope = ANY (arm.my_scopes()) AND m.seq > 0 AND c.hash IS DISTINCT FROM m.hash;
    INSERT INTO arm.witness (client, scope, seq, hash, found, rolname, seen_at)
    SELECT p_client, l.scope, l.seq, l.hash, l.found, session_user, coalesce(l.seen_at, '')
    FROM jsonb_to_recordset(v_lost) AS l(scope int, seq bigint, hash text, found text, seen_at text)
    ON CONFLICT DO NOTHING;
    RETURN v_lost;
END
$$;

-- How a row of the register of reading is chained to the one before it.
CREATE OR REPLACE FUNCTION arm.reading_hash(
    p_before text, p_chain text, p_n bigint, p_actor text, p_person text, p_kind text,
    p_ground text, p_at text
) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT arm.sha256_hex(concat_ws('|', p_before, p_chain, p_n, p_actor, p_person, p_kind,
                                    p_ground, p_at))
$$;

-- p_rows: [{"n", "actor", "person", "kind", "ground", "at", "hash"}] in order. Returns
-- {"last", "stop": null | "gap" | "fork" | "broken"}: up to «last» both sides have the same.
CREATE OR REPLACE FUNCTION sync_v1.reads(p_client text, p_chain text, p_rows jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row  record;
    v_last bigint := 0;
    v_hash text := '';
    v_stop text;
BEGIN
    PERFORM arm.require_tls();
    IF arm.my_org() IS NULL THEN
        RAISE EXCEPTION 'no account' USING ERRCODE = 'EO001';
    END IF;
    IF jsonb_array_length(p_rows) > 2000 OR octet_length(p_chain) > 80 THEN
        RAISE EXCEPTION 'batch too large' USING ERRCODE = 'EO004';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('arm.reading'), hashtext(p_chain));
    SELECT n, hash INTO v_last, v_hash FROM arm.reading WHERE chain = p_chain
    ORDER BY n DESC LIMIT 1;
    v_last := coalesce(v_last, 0);
    v_hash := coalesce(v_hash, '');
    FOR v_row IN
        SELECT * FROM jsonb_to_recordset(p_rows) AS r(n bigint, actor text, person text, kind text,
                                                      ground text, at text, hash text) ORDER BY n
    LOOP
        IF v_row.n <= v_last THEN
            IF NOT EXISTS (SELECT 1 FROM arm.reading
                           WHERE chain = p_chain AND n = v_row.n AND hash = v_row.hash) THEN
                v_stop := 'fork';
                v_last := v_row.n - 1;
                EXIT;
            END IF;
            CONTINUE;
        ELSIF v_row.n <> v_last + 1 THEN
            v_stop := 'gap';
            EXIT;
        ELSIF v_row.hash IS DISTINCT FROM arm.reading_hash(v_hash, p_chain, v_row.n, v_row.actor,
                v_row.person, v_row.kind, v_row.ground, v_row.at) THEN
            v_stop := 'broken';
            EXIT;
        END IF;
        INSERT INTO arm.reading (chain, n, client, org, rolname, actor, person, kind, ground, at,
                                 hash)
        VALUES (p_chain, v_row.n, p_client, arm.my_org(), session_user, v_row.actor, v_row.person,
                v_row.kind, v_row.ground, v_row.at, v_row.hash);
        v_last := v_row.n;
        v_hash := v_row.hash;
    END LOOP;
    RETURN jsonb_build_object('last', v_last, 'stop', v_stop);
END
$$;

-- Who looked at a card, newest first; what the caller may see of it is up to the policy.
CREATE OR REPLACE FUNCTION sync_v1.readings(p_person text, p_max int) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('chain', chain, 'n', n, 'actor', actor,
        'person', person, 'kind', kind, 'ground', ground, 'at', at) ORDER BY at DESC), '[]')
    FROM (SELECT * FROM arm.reading WHERE person = p_person ORDER BY at DESC LIMIT p_max) AS r
$$;
