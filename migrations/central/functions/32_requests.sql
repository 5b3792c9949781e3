-- Requests between organisations, and questions to the registry.

RESET ROLE;
SET LOCAL ROLE arm_sharer;

-- Whom this login's organisation may send requests to.
CREATE OR REPLACE FUNCTION share.askable() RETURNS TABLE (org int, name text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.org, o.name, o.role
    FROM arm.organisation me
    JOIN share.may_ask m ON m.asker_role = me.role
    JOIN arm.organisation o ON o.role = m.asked_role AND o.region = me.region AND o.org <> me.org
    WHERE me.org = (SELECT arm.my_org())
    ORDER BY o.name
$$;

-- Why a workstation may not do this to one of the kinds that the centre keeps; NULL if it may.
CREATE OR REPLACE FUNCTION share.refusal(p_scope int, p_exists boolean, p_op jsonb) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_kind  text := p_op->>'kind';
    v_said  text[] := ARRAY(SELECT jsonb_object_keys(p_op->'f'));
    v_asker CONSTANT text[] := '{due_on,withdrawn_at,person_id}';
    v_asked CONSTANT text[] :=
        '{person_id,seen_at,seen_by,answer,answer_facts,answered_by,answered_at}';
BEGIN
    IF p_scope <> ALL (arm.my_writable_scopes()) THEN
        RETURN NULL; -- refused for that reason anyway
    END IF;
    IF v_kind IN ('shared_card', 'alias_notice') OR p_op->>'op' = 'del' THEN
        RETURN 'read_only';
    END IF;
    IF v_kind = 'disclosure' THEN
        -- what an office hands to third parties it writes down itself, once
        RETURN CASE WHEN p_exists OR p_op->>'op' <> 'new'
                      OR coalesce(p_op->'f'->'way'->>'n', '') NOT IN ('export', 'print')
               THEN 'read_only' END;
    END IF;
    IF NOT p_exists THEN
        IF p_op->>'op' <> 'new' THEN
            RETURN NULL;
        END IF;
        IF NOT EXISTS (SELECT 1 FROM share.askable() AS a
                       WHERE a.org::text = p_op->'f'->'to_org'->>'n') THEN
            RETURN 'not_askable';
        END IF;
        RETURN CASE
            WHEN coalesce(p_op->'f'->'question'->>'n', '') = ''
              OR coalesce(p_op->'f'->'ground'->>'n', '') = '' THEN 'no_ground'
            WHEN p_op->'f'->'direction'->>'n' IS DISTINCT FROM 'out'
              OR v_said && '{seen_at,seen_by,answer,answer_facts,answered_by,answered_at}'
            THEN 'read_only' END;
    END IF;
    IF EXISTS (SELECT 1 FROM share.request
               WHERE asked_scope = p_scope AND asked_doc = p_op->>'id') THEN
        RETURN CASE WHEN NOT v_said <@ v_asked THEN 'read_only' END;
    END IF;
    RETURN CASE WHEN NOT v_said <@ v_asker THEN 'read_only' END;
END
$$;

-- The other side of each request that this push touched is brought to the same state.
CREATE OR REPLACE FUNCTION share.carry_requests(p_scope int, p_ids text[], p_heads int[])
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_one record;
BEGIN
    FOR v_one IN SELECT d.id, d.body, d.person FROM arm.doc d
        WHERE d.scope = p_scope AND d.id = ANY (p_ids) AND d.kind = 'info_request' ORDER BY d.id
    LOOP
        IF EXISTS (SELECT 1 FROM share.request
                   WHERE asked_scope = p_scope AND asked_doc = v_one.id) THEN
            PERFORM share.carry_answer(p_scope, v_one.id, v_one.body, p_heads);
        ELSE
            PERFORM share.carry_question(p_scope, v_one.id, v_one.body, p_heads);
        END IF;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION share.carry_question(
    p_scope int, p_id text, p_body jsonb, p_heads int[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_request share.request;
    v_asker   arm.organisation;
    v_asked   int := (p_body->>'to_org')::int;
    v_person  text;
    v_passed  CONSTANT text[] := '{migrant_id,subject,question,what,ground,due_on,asked_by,
                                   asked_at,withdrawn_at}';
    v_carried jsonb;
BEGIN
    SELECT o.* INTO STRICT v_asker FROM arm.organisation o JOIN arm.scope_head h USING (org)
    WHERE h.scope = p_scope;
    SELECT * INTO v_request FROM share.request WHERE asker_scope = p_scope AND asker_doc = p_id;
    IF NOT FOUND THEN
        v_request := ROW(p_scope, p_id,
            (SELECT min(scope) FROM arm.scope_head WHERE org = v_asked), gen_random_uuid()::text);
    END IF;
    PERFORM share.need(p_heads, ARRAY[v_request.asked_scope]);
    SELECT coalesce(jsonb_object_agg(name, coalesce(p_body->name, 'null')), '{}') INTO v_carried
    FROM unnest(v_passed) AS name;
    v_carried := v_carried || jsonb_build_object('direction', 'in', 'from_org', v_asker.org,
                                                 'from_name', v_asker.name);
    -- their own card of the same human being, if they have one: they would find it anyway
    SELECT theirs.person INTO v_person FROM share.card mine
    JOIN share.card theirs ON theirs.subject = mine.subject
     AND theirs.scope = v_request.asked_scope
    WHERE mine.scope = p_scope AND mine.person = p_body->>'person_id' LIMIT 1;
    IF v_person IS NOT NULL THEN
        v_carried := v_carried || jsonb_build_object('person_id', v_person);
    END IF;
    IF NOT EXISTS (SELECT 1 FROM share.request
                   WHERE asker_scope = p_scope AND asker_doc = p_id) THEN
        INSERT INTO share.request VALUES (v_request.*);
        PERFORM share.disclose(p_scope, p_body->>'person_id', v_asked, 'request',
            coalesce(p_body->>'asked_by', session_user::text),
            '[{"field": "subject", "label": "Кого касается запрос"},
              {"field": "migrant_id", "label": "Мигрант ID"},
              {"field": "question", "label": "Текст запроса"}]',
            p_body->>'ground', 'high', p_id);
    END IF;
    PERFORM share.put(v_request.asked_scope, v_request.asked_doc, 'info_request',
        coalesce((SELECT d.body->>'person_id' FROM arm.doc d
                  WHERE d.scope = v_request.asked_scope AND d.id = v_request.asked_doc),
                 v_person, v_request.asked_doc),
        v_carried, false, v_asker.short_name);
END
$$;

CREATE OR REPLACE FUNCTION share.carry_answer(
    p_scope int, p_id text, p_body jsonb, p_heads int[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_request share.request;
    v_name    text;
    v_carried jsonb;
    v_news    jsonb;
BEGIN
    SELECT * INTO STRICT v_request FROM share.request
    WHERE asked_scope = p_scope AND asked_doc = p_id;
    PERFORM share.need(p_heads, ARRAY[v_request.asker_scope]);
    SELECT short_name INTO STRICT v_name FROM arm.organisation JOIN arm.scope_head USING (org)
    WHERE scope = p_scope;
    SELECT coalesce(jsonb_object_agg(name, p_body->name), '{}') INTO v_carried
    FROM unnest('{seen_at,answer,answer_facts,answered_by,answered_at}'::text[]) AS name
    WHERE p_body ? name;
    v_news := share.put(v_request.asker_scope, v_request.asker_doc, 'info_request',
        (SELECT person FROM arm.doc
         WHERE scope = v_request.asker_scope AND id = v_request.asker_doc),
        v_carried, false, v_name);
    IF v_news ? 'answer' OR v_news ? 'answer_facts' THEN
        PERFORM share.disclose(p_scope, p_body->>'person_id',
            (SELECT org FROM arm.scope_head WHERE scope = v_request.asker_scope),
            'request_answer', coalesce(p_body->>'answered_by', session_user::text),
            '[{"field": "answer", "label": "Текст ответа"}]'
            || (SELECT coalesce(jsonb_agg(jsonb_build_object('field', 'answer_facts', 'label',
                                                             coalesce(f->>'label', ''))), '[]')
                FROM jsonb_array_elements(CASE jsonb_typeof(p_body->'answer_facts')
                         WHEN 'array' THEN p_body->'answer_facts' ELSE '[]' END) AS f),
            p_body->>'ground', 'high', p_id);
    END IF;
END
$$;

-- Asking the registry. Two steps in two transactions: the first writes down who asks about what on
-- what ground, and the disclosures; only when that is committed does the second tell the answer.
-- Otherwise one could ask, read, and roll the record of it back.
CREATE OR REPLACE FUNCTION share.ask(p_identifiers jsonb, p_ground text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_me     arm.organisation;
    v_keys   bytea[];
    v_facts  jsonb;
    v_id     text;
    v_source record;
BEGIN
    SELECT * INTO v_me FROM arm.organisation WHERE org = (SELECT arm.my_org());
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no account' USING ERRCODE = 'EO001';
    END IF;
    IF coalesce(btrim(p_ground), '') = '' THEN
        RAISE EXCEPTION 'no ground' USING ERRCODE = 'EO007';
    END IF;
    v_keys := share.asked_keys(p_identifiers);
    IF cardinality(v_keys) = 0 THEN
        RAISE EXCEPTION 'nothing to ask by' USING ERRCODE = 'EO007';
    END IF;
    PERFORM share.count_question(v_me);
    PERFORM share.hold(ARRAY(SELECT scope FROM share.answers(v_me, v_keys,
                                                             p_identifiers->>'birth_date')));
    UPDATE share.question SET facts = NULL
    WHERE org = v_me.org AND facts IS NOT NULL AND at < clock_timestamp() - interval '10 minutes';
    SELECT coalesce(jsonb_agg(to_jsonb(a) - 'scope' - 'person' - 'rule'), '[]') INTO v_facts
    FROM share.answers(v_me, v_keys, p_identifiers->>'birth_date') AS a;
    INSERT INTO share.question (org, keys, ground, facts, told)
    VALUES (v_me.org, v_keys, p_ground, v_facts, jsonb_array_length(v_facts)) RETURNING id INTO v_id;
    FOR v_source IN SELECT * FROM share.answers(v_me, v_keys, p_identifiers->>'birth_date') LOOP
        PERFORM share.disclose(v_source.scope, v_source.person, v_me.org, 'registry', session_user,
            (SELECT jsonb_agg(f - 'value') FROM jsonb_array_elements(v_source.facts) AS f),
            p_ground, v_source.confidence, v_id);
    END LOOP;
    RETURN v_id;
END
$$;

CREATE OR REPLACE FUNCTION share.asked_keys(p_identifiers jsonb) RETURNS bytea[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(share.keyed(said)), '{}') FROM (
        SELECT 'inn|' || share.valid_inn(p_identifiers->>'inn') AS said
        UNION SELECT 'snils|' || share.valid_snils(p_identifiers->>'snils')
        UNION SELECT share.document_words(p_identifiers->>'country', p_identifiers->>'series',
                         p_identifiers->>'number', p_identifiers->>'birth_date')) AS w
    WHERE said IS NOT NULL
$$;

-- What rules let this organisation be told about a person it may have no card of.
CREATE OR REPLACE FUNCTION share.answers(p_me arm.organisation, p_keys bytea[], p_born text)
RETURNS TABLE (scope int, person text, rule int, source text, heading text, facts jsonb,
               ground text, confidence text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.scope, c.person, r.rule, o.name, r.title, f.facts, r.ground, r.confidence
    FROM (SELECT DISTINCT k.scope, k.person FROM share.card_key k WHERE k.hash = ANY (p_keys)) AS k
    JOIN share.card c ON c.scope = k.scope AND c.person = k.person
     AND coalesce(c.born = share.keyed('born|' || p_born), true)
    JOIN arm.organisation o ON o.org = c.org
    JOIN share.rule r ON r.on_question AND share.in_force(r) AND share.links(r, o, p_me)
    CROSS JOIN LATERAL (SELECT share.facts(r, c.scope, c.person) AS facts) AS f
    WHERE f.facts IS NOT NULL
$$;

-- Refused when the login or its organisation has asked too often.
CREATE OR REPLACE FUNCTION share.count_question(p_me arm.organisation) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_limit share.asking_limit;
BEGIN
    SELECT * INTO v_limit FROM share.asking_limit WHERE role IN (p_me.role, '*')
    ORDER BY role = '*' LIMIT 1;
    PERFORM pg_advisory_xact_lock(4023, p_me.org); -- one after another, or two would fit one place
    IF (SELECT count(*) FROM share.question WHERE rolname = session_user
        AND at > clock_timestamp() - interval '1 hour') >= coalesce(v_limit.login_hour, 0)
       OR (SELECT count(*) FROM share.question WHERE org = p_me.org
           AND at > clock_timestamp() - interval '1 day') >= coalesce(v_limit.org_day, 0)
    THEN
        RAISE EXCEPTION 'too many questions' USING ERRCODE = 'EO006';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION share.answer(p_question text) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_question share.question;
BEGIN
    SELECT * INTO v_question FROM share.question
    WHERE id = p_question AND rolname = session_user AND facts IS NOT NULL
      AND at > clock_timestamp() - interval '10 minutes'
      AND xact IS DISTINCT FROM pg_current_xact_id_if_assigned();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such question' USING ERRCODE = 'EO008';
    END IF;
    RETURN jsonb_build_object('told', v_question.facts);
END
$$;

RESET ROLE;
SET LOCAL ROLE arm_owner;

-- p_identifiers: {"inn", "snils", "country", "series", "number", "birth_date"}. Returns the number
-- of the question for registry_answer, whether or not anybody knows such a person. EO006 too many
-- questions, EO007 no ground or nothing to ask by, EO008 no such question (or not committed yet).
CREATE OR REPLACE FUNCTION sync_v1.registry_ask(p_identifiers jsonb, p_ground text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.require_tls();
    RETURN share.ask(p_identifiers, p_ground);
END
$$;

CREATE OR REPLACE FUNCTION sync_v1.registry_answer(p_question text) RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT share.answer(p_question)
$$;

-- Whom one may send requests to.
CREATE OR REPLACE FUNCTION sync_v1.organisations() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY a.name), '[]') FROM share.askable() AS a
$$;
