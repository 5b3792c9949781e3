-- What happens to one operation. All of this runs inside sync_v1.push, in the name of arm_owner,
-- while the head of the scope is locked: writers of one scope stand in line, so the number an entry
-- gets is also its place in the order of commits, and a rolled-back writer gives its number back.
-- What every operation runs is planned once a session (plan_cache_mode): to plan a statement for all
-- parts of a table anew, because one part would cost less, takes longer than the statement.

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
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
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

-- Lists that grow: entries of both sides stay, in the order they arrived.
CREATE OR REPLACE FUNCTION arm.merged_notes(p_now jsonb, p_app jsonb, p_cut jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(entry ORDER BY n), '[]')
    FROM (SELECT entry, min(n) AS n
          FROM jsonb_array_elements(
                   CASE jsonb_typeof(p_now) WHEN 'array' THEN p_now ELSE '[]' END
                   || coalesce(p_app, '[]')) WITH ORDINALITY AS entries(entry, n)
          GROUP BY entry) AS entries
    WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(coalesce(p_cut, '[]')) AS gone
                      WHERE gone = entry)
$$;

-- What becomes of a field whose kind lets both sides' changes combine; NULL for any other.
CREATE OR REPLACE FUNCTION arm.combined(p_now jsonb, p_said jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN p_said ? 'inc' THEN to_jsonb(
            CASE jsonb_typeof(p_now) WHEN 'number' THEN p_now::bigint ELSE 0 END
            + (p_said->>'inc')::bigint)
        WHEN p_said ? 'app' OR p_said ? 'cut' THEN
            arm.merged_notes(p_now, p_said->'app', p_said->'cut')
        WHEN p_said ? 'add' OR p_said ? 'rem' THEN
            arm.merged_set(p_now, p_said->'add', p_said->'rem')
    END
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
        -- in any scope: the record may have moved since
        SELECT author, coalesce(made_at, arm.instant(at)) AS at INTO v_server FROM arm.change
        WHERE id = p_doc.id AND ver = p_now_ver AND op IN ('N', 'S', 'D')
        ORDER BY scope = p_doc.scope DESC, seq DESC LIMIT 1;
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
--   add, rem  members of a set      inc  what a counter grew by      app, cut  entries of a list:
--      both sides' changes are combined, never a conflict
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
        -- a centre set back gives versions again: what the person saw must fit too
        v_stale := v_ver <> coalesce((v_said->>'b')::int, 0)
            OR (p_op->>'op' = 'set' AND v_said ? 'o' AND v_now <> v_said->'o');
        v_new := arm.combined(v_now, v_said);
        IF v_new IS NOT NULL THEN
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
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
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
    SELECT coalesce(jsonb_object_agg(key,
               coalesce(arm.combined('null', value), value->'n', 'null')), '{}')
    INTO v_body FROM jsonb_each(p_op->'f');
    SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('o', NULL, 'n', value)), '{}')
    INTO v_delta FROM jsonb_each(v_body);
    INSERT INTO arm.doc (id, kind, scope, person, ver, fver, body)
    VALUES (p_op->>'id', p_op->>'kind', (p_op->>'scope')::int,
            coalesce(p_op->>'person', p_op->>'id'), 1,
            coalesce((SELECT jsonb_object_agg(key, 1) FROM jsonb_object_keys(v_body) AS key), '{}'),
            v_body)
    RETURNING * INTO v_doc;
    PERFORM arm.bring_blob(v_doc.scope, v_body->>'sha256');
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

-- A person's decision about a conflict, then the value they decided on as an ordinary edit. A
-- conflict that a centre restored from a backup has forgotten leaves just the edit.
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
    IF FOUND THEN
        IF NOT p_op->'f' ? v_conflict.field THEN
            RAISE EXCEPTION 'decision about another field' USING ERRCODE = '22023';
        END IF;
        PERFORM arm.settle_conflict(v_conflict.id,
            coalesce(p_op->'f'->v_conflict.field->'n', 'null'), p_client, p_cseq, p_author, p_op,
            p_doc.ver);
    END IF;
    v_status := arm.merge_fields(p_doc, p_op, p_client, p_cseq, p_author);
    RETURN CASE v_status WHEN 'same' THEN 'applied' ELSE v_status END;
END
$$;

-- One record goes over to another scope with its open conflicts. The old feed gets L, the new one E
-- with all that the record holds: its readers never saw how it came about.
CREATE OR REPLACE FUNCTION arm.move_document(
    p_doc arm.doc, p_to int, p_client text, p_cseq bigint, p_author text, p_op jsonb
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ver  int := p_doc.ver + 1;
    v_move jsonb := jsonb_build_object('scope', jsonb_build_object('o', p_doc.scope, 'n', p_to));
    v_held jsonb;
BEGIN
    UPDATE arm.doc SET scope = p_to, ver = v_ver, body = p_doc.body, fver = p_doc.fver
    WHERE scope = p_doc.scope AND id = p_doc.id;
    UPDATE arm.doc_home SET scope = p_to WHERE id = p_doc.id;
    PERFORM arm.copy_blob(p_doc.scope, p_to, p_doc.body->>'sha256');
    UPDATE arm.conflict SET scope = p_to
    WHERE scope = p_doc.scope AND doc_id = p_doc.id AND state = 'open';
    SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('o', NULL, 'n', value)), '{}')
    INTO v_held FROM jsonb_each(p_doc.body);
    PERFORM arm.append_change(p_doc.scope, p_doc.id, p_doc.kind, 'L', v_ver, v_move,
                              p_author, p_client, p_cseq, p_op->>'at');
    PERFORM arm.append_change(p_to, p_doc.id, p_doc.kind, 'E', v_ver, v_held || v_move,
                              p_author, p_client, p_cseq, p_op->>'at');
    PERFORM arm.append_change(p_to, p_doc.id, p_doc.kind, 'C', v_ver, arm.conflict_json(c),
                              p_author, p_client, p_cseq, p_op->>'at')
    FROM arm.conflict c WHERE c.scope = p_to AND c.doc_id = p_doc.id AND c.state = 'open';
END
$$;

-- What a record that moves points at in its old scope and that belongs to nobody in particular (a
-- host serves many persons) stays there; the record gets a like one in the new scope.
CREATE OR REPLACE FUNCTION arm.with_own_references(
    p_doc arm.doc, p_to int, p_client text, p_cseq bigint, p_author text, p_op jsonb
) RETURNS arm.doc
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_doc   arm.doc := p_doc;
    v_there record;
    v_copy  text;
BEGIN
    FOR v_there IN
        SELECT said.key AS field, there.kind, there.body FROM jsonb_each_text(p_doc.body) AS said
        JOIN arm.doc there ON there.scope = p_doc.scope AND there.id = said.value
        WHERE said.key LIKE '%\_id' AND there.person = there.id AND there.id <> p_doc.person
    LOOP
        SELECT d.id INTO v_copy FROM arm.doc d
        WHERE d.scope = p_to AND d.kind = v_there.kind AND d.person = d.id
          AND d.body = v_there.body AND NOT d.deleted LIMIT 1;
        IF NOT FOUND THEN
            v_copy := gen_random_uuid()::text;
            PERFORM arm.apply_new(NULL, jsonb_build_object('id', v_copy, 'kind', v_there.kind,
                'scope', p_to, 'person', v_copy, 'at', p_op->>'at', 'f',
                (SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('n', value)), '{}')
                 FROM jsonb_each(v_there.body))), p_client, p_cseq, p_author);
        END IF;
        v_doc.body := v_doc.body || jsonb_build_object(v_there.field, v_copy);
        v_doc.fver := v_doc.fver || jsonb_build_object(v_there.field, p_doc.ver + 1);
    END LOOP;
    RETURN v_doc;
END
$$;

-- What concerns a person but belongs to the unit: what it was told of them, asked and passed on.
CREATE OR REPLACE FUNCTION arm.stays(p_kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p_kind IN ('shared_card', 'alias_notice', 'info_request', 'disclosure')
$$;

-- A person and all that hangs on them move together, also what the mover had not seen yet.
CREATE OR REPLACE FUNCTION arm.apply_move(
    p_doc arm.doc, p_from int, p_op jsonb, p_client text, p_cseq bigint, p_author text
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_to  int := (p_op->'f'->'scope'->>'n')::int;
    v_doc arm.doc;
BEGIN
    IF v_to IS NULL OR p_doc.person <> p_doc.id THEN
        RAISE EXCEPTION 'this does not move by itself' USING ERRCODE = '22023';
    ELSIF p_doc.scope = v_to THEN
        RETURN '{"status": "same"}';
    ELSIF p_doc.scope <> p_from THEN
        RETURN '{"status": "denied", "why": "moved"}'; -- somebody else sent it elsewhere
    ELSIF NOT v_to = ANY (arm.my_writable_scopes()) OR
        (SELECT count(DISTINCT org) FROM arm.scope_head WHERE scope IN (p_from, v_to)) <> 1 THEN
        RETURN '{"status": "denied", "why": "no_right_there"}';
    END IF;
    FOR v_doc IN SELECT * FROM arm.doc
        WHERE scope = p_from AND person = p_doc.id AND NOT arm.stays(kind) ORDER BY id
    LOOP
        v_doc := arm.with_own_references(v_doc, v_to, p_client, p_cseq, p_author, p_op);
        PERFORM arm.move_document(v_doc, v_to, p_client, p_cseq, p_author, p_op);
    END LOOP;
    RETURN '{"status": "applied"}';
END
$$;

-- The record an operation speaks of: in the scope it names or, if it moved meanwhile, elsewhere.
CREATE OR REPLACE FUNCTION arm.find_document(p_scope int, p_id text) RETURNS arm.doc
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_doc arm.doc;
BEGIN
    SELECT * INTO v_doc FROM arm.doc WHERE scope = p_scope AND id = p_id;
    IF NOT FOUND THEN
        SELECT d.* INTO v_doc FROM arm.doc_home h JOIN arm.doc d ON d.scope = h.scope AND d.id = h.id
        WHERE h.id = p_id;
    END IF;
    RETURN v_doc;
END
$$;

-- Where a new record belongs: with its person, who may have moved since the operation was made.
-- NULL if they went where these eyes do not reach.
CREATE OR REPLACE FUNCTION arm.home_of_new(p_scope int, p_op jsonb) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_home int;
BEGIN
    IF coalesce(p_op->>'person', p_op->>'id') = p_op->>'id' OR arm.stays(p_op->>'kind') THEN
        RETURN p_scope;
    END IF;
    SELECT scope INTO v_home FROM arm.doc_home WHERE id = p_op->>'person';
    IF v_home IS NULL AND NOT arm.has_left(p_scope, p_op->>'person') THEN
        RETURN p_scope;
    END IF;
    RETURN v_home;
END
$$;

CREATE OR REPLACE FUNCTION arm.has_left(p_scope int, p_id text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM arm.change WHERE scope = p_scope AND id = p_id AND op = 'L')
$$;

-- One operation: {"status", "why"}. Raises data and constraint errors for what makes no sense.
-- The scope an operation names is where its author saw the record; where the record is now counts.
CREATE OR REPLACE FUNCTION arm.apply_op(
    p_scope int, p_op jsonb, p_client text, p_cseq bigint, p_author text
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_doc    arm.doc;
    v_home   int;
    v_status text;
BEGIN
    IF jsonb_typeof(p_op->'f') IS DISTINCT FROM 'object' THEN
        RAISE EXCEPTION 'no fields' USING ERRCODE = '22023';
    END IF;
    IF EXISTS (SELECT 1 FROM arm.erased
               WHERE scope = p_scope AND id IN (p_op->>'id', p_op->>'person')) THEN
        RETURN '{"status": "denied", "why": "erased"}';
    END IF;
    v_doc := arm.find_document(p_scope, p_op->>'id');
    IF v_doc.id IS NULL AND p_op->>'op' IN ('set', 'del', 'resolve', 'reopen', 'move') THEN
        -- not there, or not for these eyes
        RETURN jsonb_build_object('status', 'denied', 'why',
            CASE WHEN arm.has_left(p_scope, p_op->>'id') THEN 'moved' ELSE 'no_record' END);
    END IF;
    v_home := coalesce(v_doc.scope, arm.home_of_new(p_scope, p_op));
    IF v_home IS NULL THEN
        RETURN '{"status": "denied", "why": "moved"}';
    ELSIF NOT v_home = ANY (arm.my_writable_scopes()) THEN
        RETURN '{"status": "denied", "why": "no_right"}';
    ELSIF v_doc.id IS NOT NULL AND v_doc.kind IS DISTINCT FROM p_op->>'kind' THEN
        RAISE EXCEPTION 'another kind' USING ERRCODE = '22023';
    ELSIF v_doc.fver ? 'emptied' AND p_op->>'op' <> 'del' THEN
        RETURN '{"status": "denied", "why": "emptied"}';
    ELSIF p_op->>'op' = 'move' AND NOT arm.permitted(v_doc, p_op) THEN
        RETURN '{"status": "denied", "why": "no_right"}';
    ELSIF p_op->>'op' = 'move' THEN
        RETURN arm.apply_move(v_doc, p_scope, p_op, p_client, p_cseq, p_author);
    END IF;
    IF p_op->>'kind' IN ('shared_card', 'alias_notice', 'info_request', 'disclosure') THEN
        v_status := share.refusal(v_home, v_doc.id IS NOT NULL, p_op);
        IF v_status IS NOT NULL THEN
            RETURN jsonb_build_object('status', 'denied', 'why', v_status);
        END IF;
    END IF;
    IF NOT arm.permitted(v_doc, p_op) THEN
        RETURN '{"status": "denied", "why": "no_right"}';
    END IF;
    p_op := p_op || jsonb_build_object('scope', v_home);
    v_status := CASE p_op->>'op'
        WHEN 'new' THEN arm.apply_new(v_doc, p_op, p_client, p_cseq, p_author)
        WHEN 'set' THEN arm.merge_fields(v_doc, p_op, p_client, p_cseq, p_author)
        WHEN 'del' THEN arm.apply_del(v_doc, p_op, p_client, p_cseq, p_author)
        WHEN 'resolve' THEN arm.apply_resolve(v_doc, p_op, p_client, p_cseq, p_author)
        WHEN 'reopen' THEN arm.apply_reopen(v_doc, p_op, p_client, p_cseq, p_author)
    END;
    IF v_status IS NULL THEN
        RAISE EXCEPTION 'unknown operation' USING ERRCODE = '22023';
    END IF;
    RETURN jsonb_build_object('status', v_status);
END
$$;

-- What was deleted before a day loses its content; the tombstone, the fact of each change and the
-- chain of the feed stay. For administrators; returns how many records were emptied.
CREATE OR REPLACE FUNCTION arm.empty_tombstones(p_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_scope int;
    v_doc   arm.doc;
    v_count bigint := 0;
BEGIN
    FOR v_scope IN SELECT scope FROM arm.scope_head ORDER BY scope LOOP
        PERFORM 1 FROM arm.scope_head WHERE scope = v_scope FOR UPDATE;
        FOR v_doc IN
            SELECT d.* FROM arm.doc d
            WHERE d.scope = v_scope AND d.deleted AND NOT d.fver ? 'emptied'
              AND (SELECT max(c.at) FROM arm.change c
                   WHERE c.scope = v_scope AND c.id = d.id) < p_before
        LOOP
            PERFORM arm.empty_document(v_doc);
            v_count := v_count + 1;
        END LOOP;
    END LOOP;
    RETURN v_count;
END
$$;

CREATE OR REPLACE FUNCTION arm.empty_document(p_doc arm.doc) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE arm.doc SET ver = p_doc.ver + 1, body = '{}',
        fver = jsonb_build_object('deleted', p_doc.fver->'deleted', 'emptied', p_doc.ver + 1)
    WHERE scope = p_doc.scope AND id = p_doc.id;
    UPDATE arm.change SET delta = NULL, salt = NULL WHERE id = p_doc.id AND delta IS NOT NULL;
    UPDATE arm.conflict SET state = 'settled', base_value = NULL, server_value = NULL,
        mine_value = NULL, settled_value = NULL
    WHERE scope = p_doc.scope AND doc_id = p_doc.id;
    PERFORM arm.append_change(p_doc.scope, p_doc.id, p_doc.kind, 'X', p_doc.ver + 1,
        jsonb_build_object('ids', jsonb_build_array(p_doc.id), 'person', '', 'emptied', true),
        session_user::text, NULL, NULL, NULL);
END
$$;

-- An operation of an older program in today's words. Fields that nothing is said of stay as they
-- are, byte for byte, whether we know them or not.
CREATE OR REPLACE FUNCTION arm.upcast_op(p_op jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_change arm.shape_change%ROWTYPE;
    v_said   jsonb;
BEGIN
    FOR v_change IN SELECT * FROM arm.shape_change
        WHERE kind = p_op->>'kind' AND since > coalesce((p_op->>'schema')::int, 1) ORDER BY since
    LOOP
        v_said := p_op->'f'->v_change.field;
        IF v_said IS NOT NULL THEN
            p_op := jsonb_set(p_op, '{f}', (p_op->'f') - v_change.field || jsonb_build_object(
                v_change.becomes, arm.recoded(v_said, v_change.recode)));
        END IF;
    END LOOP;
    RETURN p_op;
END
$$;

-- What an operation says of one field, its values translated.
CREATE OR REPLACE FUNCTION arm.recoded(p_said jsonb, p_recode jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key IN ('o', 'n') THEN coalesce(p_recode->(value #>> '{}'), value)
        WHEN key IN ('add', 'rem') THEN (
            SELECT coalesce(jsonb_agg(coalesce(p_recode->member, to_jsonb(member))), '[]')
            FROM jsonb_array_elements_text(value) AS member)
        ELSE value END), '{}')
    FROM jsonb_each(p_said)
$$;

-- A record for a program of an older shape: today's fields, and beside them the names and values
-- it knows.
CREATE OR REPLACE FUNCTION arm.downcast_doc(p_doc jsonb, p_schema int) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_change arm.shape_change%ROWTYPE;
    v_value  jsonb;
BEGIN
    FOR v_change IN SELECT * FROM arm.shape_change
        WHERE kind = p_doc->>'kind' AND since > p_schema ORDER BY since DESC
    LOOP
        v_value := p_doc->'body'->v_change.becomes;
        IF v_value IS NOT NULL THEN
            SELECT coalesce((SELECT to_jsonb(key) FROM jsonb_each(v_change.recode)
                             WHERE value = v_value LIMIT 1), v_value) INTO v_value;
            p_doc := jsonb_set(jsonb_set(p_doc, ARRAY['body', v_change.field], v_value),
                ARRAY['fver', v_change.field],
                coalesce(p_doc->'fver'->v_change.becomes, '0'));
        END IF;
    END LOOP;
    RETURN p_doc;
END
$$;

-- For the revision that brings a shape change: the records that are there take the new names too.
-- Their versions stay; every workstation reads its scopes anew when its program is exchanged.
CREATE OR REPLACE FUNCTION arm.reshape_documents(p_since int) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_change arm.shape_change%ROWTYPE;
BEGIN
    FOR v_change IN SELECT * FROM arm.shape_change WHERE since = p_since LOOP
        UPDATE arm.doc SET
            body = body - v_change.field || jsonb_build_object(v_change.becomes,
                coalesce(v_change.recode->(body->>v_change.field), body->v_change.field)),
            fver = fver - v_change.field || jsonb_build_object(v_change.becomes,
                coalesce(fver->v_change.field, '0'))
        WHERE kind = v_change.kind AND body ? v_change.field AND NOT body ? v_change.becomes;
    END LOOP;
END
$$;
