-- What happens to one operation. All of this runs inside sync_v1.push, in the name of arm_owner,
-- while the head of the scope is locked: writers of one scope stand in line, so the number an entry
-- gets is also its place in the order of commits, and a rolled-back writer gives its number back.

CREATE OR REPLACE FUNCTION arm.instant(p_at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

CREATE OR REPLACE FUNCTION arm.sha256_hex(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(convert_to(p_text, 'UTF8')), 'hex')
$$;

-- One entry of the feed: the next number of its scope, chained to the entry before it.
CREATE OR REPLACE FUNCTION arm.append_change(
    p_scope int, p_id text, p_kind text, p_op text, p_ver int, p_delta jsonb,
    p_author text, p_client text, p_cseq bigint, p_made_at text
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_head   arm.scope_head%ROWTYPE;
    v_salt   text := replace(gen_random_uuid()::text, '-', '');
    v_dhash  text := arm.sha256_hex(v_salt || p_delta::text);
    v_at     timestamptz := clock_timestamp();
    v_hash   text;
    -- what the centre itself carries on to others does not tell them whose edit it was
    v_actor  name := CASE current_user WHEN 'arm_sharer' THEN 'arm_sharer' ELSE session_user END;
BEGIN
    SELECT * INTO STRICT v_head FROM arm.scope_head WHERE scope = p_scope FOR UPDATE;
    v_hash := arm.sha256_hex(concat_ws('|', v_head.hash, p_scope, v_head.seq + 1, p_id, p_kind,
        p_op, p_ver, v_dhash, v_actor, p_author, coalesce(p_client, ''),
        coalesce(p_cseq, 0), coalesce(p_made_at, ''), arm.instant(v_at)));
    INSERT INTO arm.change (scope, seq, id, kind, op, ver, delta, salt, delta_hash, actor, author,
                            client, cseq, made_at, at, hash)
    VALUES (p_scope, v_head.seq + 1, p_id, p_kind, p_op, p_ver, p_delta, v_salt, v_dhash,
            v_actor, p_author, p_client, p_cseq, p_made_at, v_at, v_hash);
    UPDATE arm.scope_head SET seq = v_head.seq + 1, hash = v_hash WHERE scope = p_scope;
END
$$;

-- A conflict as it travels; without client and cseq, which concern nobody else.
CREATE OR REPLACE FUNCTION arm.conflict_json(p arm.conflict) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_jsonb(p) - 'client' - 'cseq'
$$;

CREATE OR REPLACE FUNCTION arm.merged_set(p_now jsonb, p_add jsonb, p_rem jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(member ORDER BY member COLLATE "C"), '[]')
    FROM (SELECT jsonb_array_elements_text(
                     CASE jsonb_typeof(p_now) WHEN 'array' THEN p_now ELSE '[]' END) AS member
          UNION
          SELECT jsonb_array_elements_text(coalesce(p_add, '[]'))
          EXCEPT
          SELECT jsonb_array_elements_text(coalesce(p_rem, '[]'))) AS members
$$;

-- Two edits of one field: the value in force stays, the later edit is kept beside it. If the same
-- workstation goes on editing its own losing value, its conflict grows instead of multiplying.
CREATE OR REPLACE FUNCTION arm.open_conflict(
    p_doc arm.doc, p_field text, p_said jsonb, p_now jsonb, p_now_ver int,
    p_client text, p_cseq bigint, p_author text, p_op jsonb
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_conflict arm.conflict%ROWTYPE;
    v_server   record;
BEGIN
    SELECT * INTO v_conflict FROM arm.conflict
    WHERE scope = p_doc.scope AND doc_id = p_doc.id AND field = p_field AND state = 'open'
      AND client = p_client
      AND p_said->>'p' IS NOT NULL AND mine_value = coalesce(p_said->'o', 'null')
    ORDER BY cseq DESC LIMIT 1;
    IF FOUND THEN
        UPDATE arm.conflict SET mine_value = coalesce(p_said->'n', 'null'), mine_actor = p_author,
               mine_at = p_op->>'at', cseq = p_cseq
        WHERE scope = v_conflict.scope AND id = v_conflict.id RETURNING * INTO v_conflict;
    ELSE
        SELECT author, coalesce(made_at, arm.instant(at)) AS at INTO v_server FROM arm.change
        WHERE scope = p_doc.scope AND id = p_doc.id AND ver = p_now_ver AND op IN ('N', 'S', 'D')
        ORDER BY seq DESC LIMIT 1;
        INSERT INTO arm.conflict (id, scope, doc_id, kind, person_id, field, base_value,
               server_value, mine_value, server_actor, server_at, mine_actor, mine_at, client, cseq)
        VALUES (gen_random_uuid()::text, p_doc.scope, p_doc.id, p_doc.kind, p_doc.person, p_field,
               coalesce(p_said->'o', 'null'), p_now, coalesce(p_said->'n', 'null'),
               v_server.author, v_server.at, p_author, p_op->>'at', p_client, p_cseq)
        RETURNING * INTO v_conflict;
    END IF;
    PERFORM arm.append_change(p_doc.scope, p_doc.id, p_doc.kind, 'C', p_doc.ver,
        arm.conflict_json(v_conflict), p_author, p_client, p_cseq, p_op->>'at');
END
$$;

CREATE OR REPLACE FUNCTION arm.settle_conflict(
    p_id text, p_value jsonb, p_client text, p_cseq bigint, p_author text, p_op jsonb, p_ver int
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_conflict arm.conflict%ROWTYPE;
BEGIN
    UPDATE arm.conflict SET state = 'settled', settled_value = p_value, settled_by = p_author,
           settled_at = coalesce(p_op->>'at', arm.instant(clock_timestamp()))
    WHERE id = p_id AND state = 'open' RETURNING * INTO v_conflict;
    IF FOUND THEN
        PERFORM arm.append_change(v_conflict.scope, v_conflict.doc_id, v_conflict.kind, 'R', p_ver,
            arm.conflict_json(v_conflict), p_author, p_client, p_cseq, p_op->>'at');
    END IF;
END
$$;

-- A field got a new value in force: conflicts about it now stand against that value, and those
-- whose own side is that very value are over.
CREATE OR REPLACE FUNCTION arm.tell_conflicts(
    p_doc arm.doc, p_field text, p_value jsonb,
    p_client text, p_cseq bigint, p_author text, p_op jsonb
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_conflict arm.conflict%ROWTYPE;
BEGIN
    FOR v_conflict IN SELECT * FROM arm.conflict
        WHERE scope = p_doc.scope AND doc_id = p_doc.id AND field = p_field AND state = 'open'
        ORDER BY id
    LOOP
        IF v_conflict.mine_value = p_value THEN
            PERFORM arm.settle_conflict(v_conflict.id, p_value, p_client, p_cseq, p_author, p_op,
                                        p_doc.ver);
        ELSIF v_conflict.server_value IS DISTINCT FROM p_value THEN
            UPDATE arm.conflict SET server_value = p_value, server_actor = p_author,
                   server_at = p_op->>'at'
            WHERE scope = v_conflict.scope AND id = v_conflict.id RETURNING * INTO v_conflict;
            PERFORM arm.append_change(p_doc.scope, p_doc.id, p_doc.kind, 'C', p_doc.ver,
                arm.conflict_json(v_conflict), p_author, p_client, p_cseq, p_op->>'at');
        END IF;
    END LOOP;
END
$$;

-- Three-way merge, field by field. Returns applied, merged, conflict or same.
--   b  version of the field that the person saw      o  what they saw     n  what they typed
--   p  not null: what they saw was their own edit that was still under way
--   add, rem  members of a set: both sides' changes are combined, never a conflict
-- Nothing came between if the version is b or the value is o: the second is how an edit follows
-- one's own edit under way, and how edits sent again to a restored centre find their base.
CREATE OR REPLACE FUNCTION arm.merge_fields(
    p_doc arm.doc, p_op jsonb, p_client text, p_cseq bigint, p_author text
) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_doc      arm.doc := p_doc;
    v_field    text;
    v_said     jsonb;
    v_now      jsonb;
    v_new      jsonb;
    v_ver      int;
    v_stale    boolean;
    v_merged   boolean := false;
    v_conflict boolean := false;
    v_delta    jsonb := '{}';
    v_disputed jsonb := '{}';
BEGIN
    FOR v_field, v_said IN SELECT key, value FROM jsonb_each(p_op->'f') ORDER BY key LOOP
        IF v_field !~ '^[a-z][a-z0-9_]{0,62}$' THEN
            RAISE EXCEPTION 'bad field name' USING ERRCODE = '22023';
        END IF;
        v_now := CASE v_field WHEN 'deleted' THEN to_jsonb(p_doc.deleted)
                 ELSE coalesce(p_doc.body->v_field, 'null') END;
        v_ver := coalesce((p_doc.fver->>v_field)::int, 0);
        v_stale := v_ver <> coalesce((v_said->>'b')::int, 0);
        IF v_said ? 'add' OR v_said ? 'rem' THEN
            v_new := arm.merged_set(v_now, v_said->'add', v_said->'rem');
            IF v_new = '[]' AND v_now = 'null' THEN
                CONTINUE;
            END IF;
            v_merged := v_merged OR v_stale;
        ELSE
            v_new := coalesce(v_said->'n', 'null');
            IF v_stale AND v_new <> v_now AND v_now <> coalesce(v_said->'o', 'null') THEN
                v_disputed := v_disputed || jsonb_build_object(v_field, v_now);
                CONTINUE;
            END IF;
            IF v_new = v_now AND v_said->>'p' IS NOT NULL THEN
                -- the author of an open conflict has come round to the value in force
                PERFORM arm.settle_conflict(id, v_now, p_client, p_cseq, p_author, p_op, p_doc.ver)
                FROM arm.conflict WHERE scope = p_doc.scope AND doc_id = p_doc.id
                    AND field = v_field AND state = 'open' AND client = p_client
                    AND mine_value = coalesce(v_said->'o', 'null');
            END IF;
        END IF;
        IF v_new <> v_now THEN
            v_delta := v_delta || jsonb_build_object(
                v_field, jsonb_build_object('o', v_now, 'n', v_new));
        END IF;
    END LOOP;
    IF v_delta <> '{}' THEN
        v_doc := arm.write_document(p_doc, v_delta, p_op);
        PERFORM arm.append_change(v_doc.scope, v_doc.id, v_doc.kind,
            CASE WHEN v_doc.deleted AND NOT p_doc.deleted THEN 'D' ELSE 'S' END,
            v_doc.ver, v_delta, p_author, p_client, p_cseq, p_op->>'at');
        PERFORM arm.tell_conflicts(v_doc, key, value->'n', p_client, p_cseq, p_author, p_op)
        FROM jsonb_each(v_delta);
    END IF;
    FOR v_field, v_now IN SELECT key, value FROM jsonb_each(v_disputed) ORDER BY key LOOP
        v_conflict := true;
        PERFORM arm.open_conflict(v_doc, v_field, p_op->'f'->v_field, v_now,
            coalesce((p_doc.fver->>v_field)::int, 0), p_client, p_cseq, p_author, p_op);
    END LOOP;
    IF v_doc.deleted AND p_doc.deleted AND v_delta <> '{}' THEN
        -- somebody deleted the record while this edit was on its way
        v_conflict := true;
        IF NOT EXISTS (SELECT 1 FROM arm.conflict
                       WHERE scope = v_doc.scope AND doc_id = v_doc.id AND field = 'deleted'
                         AND state = 'open') THEN
            PERFORM arm.open_conflict(v_doc, 'deleted', '{"o": false, "n": false}', 'true',
                coalesce((v_doc.fver->>'deleted')::int, 0), p_client, p_cseq, p_author, p_op);
        END IF;
    END IF;
    RETURN CASE WHEN v_conflict THEN 'conflict' WHEN v_delta = '{}' THEN 'same'
                WHEN v_merged THEN 'merged' ELSE 'applied' END;
END
$$;

CREATE OR REPLACE FUNCTION arm.write_document(p_doc arm.doc, p_delta jsonb, p_op jsonb) RETURNS arm.doc
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_doc arm.doc;
BEGIN
    UPDATE arm.doc SET
        ver = p_doc.ver + 1,
        body = p_doc.body || coalesce((SELECT jsonb_object_agg(key, value->'n')
                                       FROM jsonb_each(p_delta) WHERE key <> 'deleted'), '{}'),
        fver = p_doc.fver || (SELECT jsonb_object_agg(key, p_doc.ver + 1)
                              FROM jsonb_object_keys(p_delta) AS key),
        deleted = coalesce((p_delta->'deleted'->>'n')::boolean, p_doc.deleted),
        person = coalesce(p_op->>'person', p_doc.person)
    WHERE scope = p_doc.scope AND id = p_doc.id RETURNING * INTO STRICT v_doc;
    RETURN v_doc;
END
$$;

-- A new record. On one that exists (brought back after a deletion, or sent twice) it merges.
CREATE OR REPLACE FUNCTION arm.apply_new(
    p_doc arm.doc, p_op jsonb, p_client text, p_cseq bigint, p_author text
) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_doc   arm.doc;
    v_body  jsonb;
    v_delta jsonb;
BEGIN
    IF p_doc.id IS NOT NULL THEN
        IF p_doc.deleted THEN
            p_op := jsonb_set(p_op, '{f,deleted}',
                jsonb_build_object('b', p_doc.fver->'deleted', 'o', true, 'n', false));
        END IF;
        RETURN arm.merge_fields(p_doc, p_op, p_client, p_cseq, p_author);
    END IF;
    IF EXISTS (SELECT 1 FROM jsonb_object_keys(p_op->'f') AS key
               WHERE key !~ '^[a-z][a-z0-9_]{0,62}$') THEN
        RAISE EXCEPTION 'bad field name' USING ERRCODE = '22023';
    END IF;
    SELECT coalesce(jsonb_object_agg(key, CASE
               WHEN value ? 'add' THEN arm.merged_set(NULL, value->'add', NULL)
               ELSE coalesce(value->'n', 'null') END), '{}')
    INTO v_body FROM jsonb_each(p_op->'f');
    SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('o', NULL, 'n', value)), '{}')
    INTO v_delta FROM jsonb_each(v_body);
    INSERT INTO arm.doc (id, kind, scope, person, ver, fver, body)
    VALUES (p_op->>'id', p_op->>'kind', (p_op->>'scope')::int,
            coalesce(p_op->>'person', p_op->>'id'), 1,
            coalesce((SELECT jsonb_object_agg(key, 1) FROM jsonb_object_keys(v_body) AS key), '{}'),
            v_body)
    RETURNING * INTO v_doc;
    PERFORM arm.append_change(v_doc.scope, v_doc.id, v_doc.kind, 'N', 1, v_delta,
                              p_author, p_client, p_cseq, p_op->>'at');
    RETURN 'applied';
END
$$;

-- A deletion goes through only if the person saw every field as it is now; an edit by somebody
-- else in the meantime makes it a conflict instead.
CREATE OR REPLACE FUNCTION arm.apply_del(
    p_doc arm.doc, p_op jsonb, p_client text, p_cseq bigint, p_author text
) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_doc   arm.doc;
    v_delta jsonb := '{"deleted": {"o": false, "n": true}}';
BEGIN
    IF p_doc.deleted THEN
        RETURN 'same';
    END IF;
    IF EXISTS (
        SELECT 1 FROM jsonb_each(p_doc.fver) AS held(field, ver)
        LEFT JOIN jsonb_each(p_op->'f') AS said(field, what) USING (field)
        WHERE held.field <> 'deleted'
          AND held.ver <> coalesce(said.what->'b', '0')
          AND coalesce(said.what->'rem', said.what->'o', 'null')
              <> coalesce(p_doc.body->held.field, 'null'))
    THEN
        PERFORM arm.open_conflict(p_doc, 'deleted', '{"o": false, "n": true}', 'false', p_doc.ver,
                                  p_client, p_cseq, p_author, p_op);
        RETURN 'conflict';
    END IF;
    v_doc := arm.write_document(p_doc, v_delta, p_op);
    PERFORM arm.append_change(v_doc.scope, v_doc.id, v_doc.kind, 'D', v_doc.ver, v_delta,
                              p_author, p_client, p_cseq, p_op->>'at');
    PERFORM arm.tell_conflicts(v_doc, 'deleted', 'true', p_client, p_cseq, p_author, p_op);
    RETURN 'applied';
END
$$;

-- A person's decision about a conflict, then the value they decided on as an ordinary edit.
CREATE OR REPLACE FUNCTION arm.apply_resolve(
    p_doc arm.doc, p_op jsonb, p_client text, p_cseq bigint, p_author text
) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_conflict arm.conflict%ROWTYPE;
    v_status   text;
BEGIN
    SELECT * INTO v_conflict FROM arm.conflict
    WHERE scope = p_doc.scope AND id = p_op->>'conflict' AND doc_id = p_doc.id;
    IF NOT FOUND OR NOT p_op->'f' ? v_conflict.field THEN
        RAISE EXCEPTION 'no such conflict' USING ERRCODE = '22023';
    END IF;
    PERFORM arm.settle_conflict(v_conflict.id,
        coalesce(p_op->'f'->v_conflict.field->'n', 'null'), p_client, p_cseq, p_author, p_op,
        p_doc.ver);
    v_status := arm.merge_fields(p_doc, p_op, p_client, p_cseq, p_author);
    RETURN CASE v_status WHEN 'same' THEN 'applied' ELSE v_status END;
END
$$;

-- One operation: {"status", "why"}. Raises data and constraint errors for what makes no sense.
CREATE OR REPLACE FUNCTION arm.apply_op(
    p_scope int, p_op jsonb, p_client text, p_cseq bigint, p_author text
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_doc    arm.doc;
    v_status text;
BEGIN
    IF jsonb_typeof(p_op->'f') IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'no fields' USING ERRCODE = '22023';
    END IF;
    IF EXISTS (SELECT 1 FROM arm.erased
               WHERE scope = p_scope AND id IN (p_op->>'id', p_op->>'person')) THEN
        RETURN '{"status": "denied", "why": "erased"}';
    END IF;
    SELECT * INTO v_doc FROM arm.doc WHERE id = p_op->>'id';
    IF v_doc.id IS NULL AND p_op->>'op' IN ('set', 'del', 'resolve') THEN
        RETURN '{"status": "denied", "why": "no_record"}'; -- not there, or not for these eyes
    END IF;
    IF NOT coalesce(coalesce(v_doc.scope, p_scope) = ANY (arm.my_writable_scopes()), false) THEN
        RETURN '{"status": "denied", "why": "no_right"}';
    END IF;
    IF v_doc.id IS NOT NULL
       AND (v_doc.kind IS DISTINCT FROM p_op->>'kind' OR v_doc.scope <> p_scope) THEN
        RAISE EXCEPTION 'another kind or scope' USING ERRCODE = '22023';
    END IF;
    IF p_op->>'kind' IN ('shared_card', 'alias_notice', 'info_request', 'disclosure') THEN
        v_status := share.refusal(p_scope, v_doc.id IS NOT NULL, p_op);
        IF v_status IS NOT NULL THEN
            RETURN jsonb_build_object('status', 'denied', 'why', v_status);
        END IF;
    END IF;
    v_status := CASE p_op->>'op'
        WHEN 'new' THEN arm.apply_new(v_doc, p_op, p_client, p_cseq, p_author)
        WHEN 'set' THEN arm.merge_fields(v_doc, p_op, p_client, p_cseq, p_author)
        WHEN 'del' THEN arm.apply_del(v_doc, p_op, p_client, p_cseq, p_author)
        WHEN 'resolve' THEN arm.apply_resolve(v_doc, p_op, p_client, p_cseq, p_author)
    END;
    IF v_status IS NULL THEN
        RAISE EXCEPTION 'unknown operation' USING ERRCODE = '22023';
    END IF;
    RETURN jsonb_build_object('status', v_status);
END
$$;
