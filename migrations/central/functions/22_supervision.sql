-- What an office does about edits that the centre refused, and about settled conflicts that are
-- opened again. Row-level security decides who reads what: authors their own, supervisors all.

-- Refusals and decisions after a number, oldest first:
-- {"supervises": …, "entries": [{"n", "what": "rejected" | "decision", …}]}.
CREATE OR REPLACE FUNCTION sync_v1.office_rejected(p_after bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('supervises', arm.i_supervise(), 'entries',
        (SELECT coalesce(jsonb_agg(e.entry ORDER BY e.n), '[]') FROM (
            SELECT r.n, jsonb_build_object('n', r.n, 'what', 'rejected', 'client', r.client,
                       'cseq', r.cseq, 'actor', r.rolname, 'author', r.author,
                       'status', r.status, 'why', r.why, 'op', r.op, 'at', arm.instant(r.at))
                   AS entry
            FROM arm.rejected r WHERE r.n > p_after
            UNION ALL
            SELECT d.n, jsonb_build_object('n', d.n, 'what', 'decision', 'id', d.id,
                       'client', d.client, 'cseq', d.cseq, 'decision', d.what,
                       'reason', d.reason, 'author', d.author, 'at', d.made_at)
            FROM arm.rejected_decision d WHERE d.n > p_after
            ORDER BY 1 LIMIT 500) AS e))
$$;

-- p_decisions: [{"id", "client", "cseq", "decision", "reason", "author", "at"}]. Returns the ids
-- that are kept now. Sent again, a decision is not kept twice. Who may not see an edit decides
-- nothing about it.
CREATE OR REPLACE FUNCTION sync_v1.decide_rejected(p_decisions jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_said jsonb;
    v_kept jsonb := '[]';
BEGIN
    PERFORM arm.require_tls();
    FOR v_said IN SELECT value FROM jsonb_array_elements(p_decisions) LOOP
        IF EXISTS (SELECT 1 FROM arm.rejected_decision WHERE id = v_said->>'id') THEN
            v_kept := v_kept || jsonb_build_array(v_said->>'id');
            CONTINUE;
        END IF;
        IF EXISTS (SELECT 1 FROM arm.rejected WHERE client = v_said->>'client'
                   AND cseq = (v_said->>'cseq')::bigint) THEN
            INSERT INTO arm.rejected_decision
                (id, org, client, cseq, what, reason, actor, author, made_at)
            VALUES (v_said->>'id', arm.my_org(), v_said->>'client', (v_said->>'cseq')::bigint,
                    v_said->>'decision', coalesce(v_said->>'reason', ''), session_user,
                    v_said->>'author', v_said->>'at');
            v_kept := v_kept || jsonb_build_array(v_said->>'id');
        END IF;
    END LOOP;
    RETURN v_kept;
END
$$;

-- A person takes their decision about a conflict back: the value goes back as an ordinary edit, and
-- the conflict is open again, for everybody.
CREATE OR REPLACE FUNCTION arm.apply_reopen(
    p_doc arm.doc, p_op jsonb, p_client text, p_cseq bigint, p_author text
) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_conflict arm.conflict;
    v_status   text;
BEGIN
    SELECT * INTO v_conflict FROM arm.conflict
    WHERE scope = p_doc.scope AND id = p_op->>'conflict' AND doc_id = p_doc.id;
    IF NOT FOUND OR NOT p_op->'f' ? v_conflict.field THEN
        RAISE EXCEPTION 'no such conflict' USING ERRCODE = '22023';
    END IF;
    v_status := arm.merge_fields(p_doc, p_op, p_client, p_cseq, p_author);
    UPDATE arm.conflict SET state = 'open', settled_value = NULL, settled_by = NULL,
           settled_at = NULL
    WHERE scope = p_doc.scope AND id = v_conflict.id AND state = 'settled'
    RETURNING * INTO v_conflict;
    IF FOUND THEN
        PERFORM arm.append_change(p_doc.scope, p_doc.id, p_doc.kind, 'C',
            (SELECT ver FROM arm.doc WHERE scope = p_doc.scope AND id = p_doc.id),
            arm.conflict_json(v_conflict), p_author, p_client, p_cseq, p_op->>'at');
    END IF;
    RETURN CASE v_status WHEN 'same' THEN 'applied' ELSE v_status END;
END
$$;
