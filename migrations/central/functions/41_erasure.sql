-- Erasure by law: what was said of a person goes, that it was said stays, and the chains hold.
-- EO020 this login may not erase, EO021 there is nothing of this person in its scopes.

CREATE OR REPLACE FUNCTION arm.i_may_erase() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT arm.i_supervise()
$$;

-- A refused operation about somebody who was erased is told to its author, not kept.
CREATE OR REPLACE FUNCTION arm.keep_nothing_of_the_erased() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.op := jsonb_build_object('id', arm.spoken_id(NEW.op), 'erased', true)::text;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER keep_nothing_of_the_erased BEFORE INSERT ON arm.rejected
    FOR EACH ROW WHEN (NEW.why = 'erased') EXECUTE FUNCTION arm.keep_nothing_of_the_erased();

RESET ROLE;
SET LOCAL ROLE arm_sharer;
-- What was passed on of a person, and the registry's tie: projections and the other side of
-- requests come to nothing in the receivers' scopes. Their own cards of the person are theirs.
CREATE OR REPLACE FUNCTION share.forget(
    p_scope int, p_person text, p_ids text[], p_ground text, p_act text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_scope int;
    v_ids   text[];
BEGIN
    FOR v_scope, v_ids IN
        SELECT there.scope, array_agg(DISTINCT there.id) FROM (
            SELECT dst_scope AS scope, doc AS id FROM share.projection
            WHERE src_scope = p_scope AND src_person = p_person
            UNION ALL SELECT asked_scope, asked_doc FROM share.request
            WHERE asker_scope = p_scope AND asker_doc = ANY (p_ids)
            UNION ALL SELECT asker_scope, asker_doc FROM share.request
            WHERE asked_scope = p_scope AND asked_doc = ANY (p_ids)) AS there
        WHERE there.scope <> p_scope GROUP BY there.scope ORDER BY there.scope
    LOOP
        UPDATE arm.change SET delta = NULL, salt = NULL
        WHERE scope = v_scope AND id = ANY (v_ids) AND op <> 'X';
        UPDATE arm.doc SET body = '{}', fver = '{}', deleted = true, ver = ver + 1
        WHERE scope = v_scope AND id = ANY (v_ids);
        INSERT INTO arm.erased (id, scope, person) SELECT id, v_scope, '' FROM unnest(v_ids) AS id
        ON CONFLICT DO NOTHING;
        PERFORM arm.append_change(v_scope, v_ids[1], 'shared_card', 'X', 0, jsonb_build_object(
            'person', '', 'ids', to_jsonb(v_ids), 'ground', p_ground, 'act', p_act), 'центр',
            NULL, NULL, NULL);
    END LOOP;
    UPDATE share.projection SET live = false, facts = '{}'
    WHERE (src_scope, src_person) = (p_scope, p_person)
       OR (dst_scope, dst_person) = (p_scope, p_person);
    DELETE FROM share.card_key WHERE scope = p_scope AND person = p_person;
    DELETE FROM share.card WHERE scope = p_scope AND person = p_person;
    DELETE FROM share.alias WHERE scope = p_scope AND person = p_person;
END
$$;
REVOKE ALL ON FUNCTION share.forget(int, text, text[], text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION share.forget(int, text, text[], text, text), share.hold_all()
    TO arm_owner, arm_admin;
RESET ROLE;
SET LOCAL ROLE arm_owner;

-- Erases one person from these scopes; [{"scope", "seq", "hash", "at", "records", "entries"}].
CREATE OR REPLACE FUNCTION arm.erase_person(
    p_scopes int[], p_person text, p_ground text, p_act text, p_author text, p_client text
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_scope   int;
    v_all     text[];
    v_ids     text[];
    v_records int;
    v_entries int;
    v_said    jsonb := '[]';
BEGIN
    PERFORM share.hold_all(); -- receivers of projections lose theirs: rare enough to hold everybody
    SELECT array_agg(DISTINCT id) INTO v_all FROM arm.doc
    WHERE scope = ANY (p_scopes) AND person = p_person;
    IF v_all IS NULL THEN
        RAISE EXCEPTION 'nobody to erase' USING ERRCODE = 'EO021';
    END IF;
    v_all := v_all || p_person;
    FOR v_scope IN SELECT s FROM unnest(p_scopes) AS s ORDER BY s LOOP
        SELECT array_agg(id) INTO v_ids FROM (
            SELECT id FROM arm.doc WHERE scope = v_scope AND id = ANY (v_all)
            UNION SELECT id FROM arm.change WHERE scope = v_scope AND id = ANY (v_all)) AS here;
        CONTINUE WHEN v_ids IS NULL;
        PERFORM arm.erase_files(v_scope, v_ids);
        UPDATE arm.change SET delta = NULL, salt = NULL
        WHERE scope = v_scope AND id = ANY (v_ids) AND op <> 'X';
        GET DIAGNOSTICS v_entries = ROW_COUNT;
        UPDATE arm.conflict SET base_value = NULL, server_value = NULL, mine_value = NULL,
               settled_value = NULL, state = 'settled'
        WHERE scope = v_scope AND doc_id = ANY (v_ids);
        UPDATE arm.doc SET body = '{}', fver = '{}', deleted = true, ver = ver + 1
        WHERE scope = v_scope AND id = ANY (v_ids);
        GET DIAGNOSTICS v_records = ROW_COUNT;
        INSERT INTO arm.erased (id, scope, person)
        SELECT id, v_scope, p_person FROM unnest(v_ids || p_person) AS id
        ON CONFLICT DO NOTHING;
        PERFORM arm.append_change(v_scope, p_person, 'person', 'X', 0, jsonb_build_object(
            'person', p_person, 'ids', to_jsonb(v_ids), 'ground', p_ground, 'act', p_act,
            'records', v_records, 'entries', v_entries), p_author, p_client, NULL, NULL);
        PERFORM share.forget(v_scope, p_person, v_ids, p_ground, p_act);
        v_said := v_said || (SELECT jsonb_build_object('scope', scope, 'seq', seq, 'hash', hash,
                'at', arm.instant(clock_timestamp()), 'records', v_records, 'entries', v_entries)
            FROM arm.scope_head WHERE scope = v_scope);
    END LOOP;
    UPDATE arm.rejected SET op = jsonb_build_object('id', arm.spoken_id(op), 'erased', true)::text
    WHERE position(p_person IN op) > 0 OR arm.spoken_id(op) = ANY (v_all);
    RETURN v_said;
END
$$;

-- Files that only the erased records name.
CREATE OR REPLACE FUNCTION arm.erase_files(p_scope int, p_ids text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_file text;
BEGIN
    IF to_regclass('arm.blob') IS NULL THEN
        RETURN;
    END IF;
    FOR v_file IN
        SELECT DISTINCT body->>'sha256' FROM arm.doc
        WHERE scope = p_scope AND id = ANY (p_ids) AND body->>'sha256' IS NOT NULL
    LOOP
        CONTINUE WHEN EXISTS (SELECT 1 FROM arm.doc WHERE scope = p_scope
                              AND body->>'sha256' = v_file AND id <> ALL (p_ids));
        EXECUTE 'DELETE FROM arm.blob_chunk WHERE scope = $1 AND sha256 = $2' USING p_scope, v_file;
        EXECUTE 'DELETE FROM arm.blob WHERE scope = $1 AND sha256 = $2' USING p_scope, v_file;
    END LOOP;
END
$$;

-- By a person with the right, from a workstation. Law is checked there; the right is checked here.
CREATE OR REPLACE FUNCTION sync_v1.erase(
    p_client text, p_person text, p_ground text, p_act text
) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.require_tls();
    IF NOT coalesce(arm.i_may_erase(), false) THEN
        RAISE EXCEPTION 'may not erase' USING ERRCODE = 'EO020';
    END IF;
    RETURN arm.erase_person(arm.my_writable_scopes(), p_person, p_ground, p_act,
                            session_user::text, p_client);
END
$$;

-- Whose records of a scope were erased: a workstation that loads it anew missed the entries.
CREATE OR REPLACE FUNCTION sync_v1.erased(p_scope int) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'person', person)), '[]')
    FROM arm.erased WHERE scope = p_scope
$$;
