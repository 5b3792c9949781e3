-- Sharing rules and what they put into other organisations' scopes: read-only projections with the
-- agreed fields. Each field that anybody receives leaves a disclosure in the scope it came from.

RESET ROLE;
SET LOCAL ROLE arm_sharer;

-- One line of the register of disclosures, added to the scope the facts came from.
CREATE OR REPLACE FUNCTION share.disclose(
    p_scope int, p_person text, p_receiver_org int, p_way text, p_by text, p_what jsonb,
    p_ground text, p_confidence text, p_document text
) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT share.put(p_scope, gen_random_uuid()::text, 'disclosure', coalesce(p_person, '-'),
        jsonb_build_object('person_id', p_person, 'receiver', o.name, 'receiver_role', o.role,
            'way', p_way, 'by_whom', p_by, 'what', p_what, 'ground', p_ground,
            'confidence', p_confidence, 'document', p_document,
            'disclosed_at', share.now_words()), false, 'центр')
    FROM arm.organisation o WHERE o.org = p_receiver_org
$$;

-- The agreed fields of the newest record that the rule speaks of: [{"field", "label", "value"}],
-- or NULL where there is nothing to tell.
CREATE OR REPLACE FUNCTION share.facts(p_rule share.rule, p_scope int, p_person text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (SELECT jsonb_agg(f || jsonb_build_object('value', newest.body->(f->>'field'))
                             ORDER BY n)
            FROM jsonb_array_elements(p_rule.fields) WITH ORDINALITY AS w(f, n)
            WHERE coalesce(newest.body->(f->>'field'), 'null') NOT IN ('null', '""', '[]'))
    FROM (SELECT d.body FROM arm.doc d
          WHERE d.scope = p_scope AND d.person = p_person AND d.kind = p_rule.source_kind
            AND NOT d.deleted AND d.body @> p_rule.only_where
          ORDER BY d.body->>p_rule.newest_by DESC NULLS LAST, d.id DESC LIMIT 1) AS newest
$$;

CREATE OR REPLACE FUNCTION share.in_force(p_rule share.rule) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT current_date BETWEEN p_rule.valid_from AND coalesce(p_rule.valid_to, 'infinity')
$$;

CREATE OR REPLACE FUNCTION share.links(
    p_rule share.rule, p_from arm.organisation, p_to arm.organisation
) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p_from.org <> p_to.org
       AND (p_rule.source_org = p_from.org OR p_rule.source_role = p_from.role)
       AND (p_rule.receiver_org = p_to.org OR p_rule.receiver_role = p_to.role)
       AND (NOT p_rule.same_region OR p_from.region = p_to.region)
$$;

-- Where the projections differ from what rules, ties and records want now; facts are NULL where one
-- is to be withdrawn.
CREATE OR REPLACE FUNCTION share.differences(p_subjects bigint[], p_scope int, p_persons text[])
RETURNS TABLE (rule int, src_scope int, src_person text, dst_scope int, dst_person text,
               facts jsonb)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH cards AS MATERIALIZED (
        SELECT * FROM share.card c WHERE c.subject = ANY (p_subjects)
    ), wanted AS (
        SELECT r.rule, src.scope AS src_scope, src.person AS src_person,
               dst.scope AS dst_scope, dst.person AS dst_person,
               share.facts(r, src.scope, src.person) AS facts
        FROM cards src JOIN cards dst ON dst.subject = src.subject AND dst.org <> src.org
        JOIN arm.organisation giver ON giver.org = src.org
        JOIN arm.organisation taker ON taker.org = dst.org
        JOIN share.rule r ON share.in_force(r) AND share.links(r, giver, taker)
    ), standing AS (
        SELECT p.* FROM share.projection p JOIN cards c
            ON p.src_scope = c.scope AND p.src_person = c.person WHERE p.live
        UNION
        SELECT p.* FROM share.projection p JOIN cards c
            ON p.dst_scope = c.scope AND p.dst_person = c.person WHERE p.live
        UNION
        SELECT p.* FROM share.projection p
        WHERE p.src_scope = p_scope AND p.src_person = ANY (p_persons) AND p.live
        UNION
        SELECT p.* FROM share.projection p
        WHERE p.dst_scope = p_scope AND p.dst_person = ANY (p_persons) AND p.live
    )
    SELECT rule, src_scope, src_person, dst_scope, dst_person, w.facts
    FROM wanted w FULL JOIN standing s USING (rule, src_scope, src_person, dst_scope, dst_person)
    WHERE w.facts IS DISTINCT FROM s.facts
$$;

-- Makes, changes and withdraws projections until they are as they should be. Returns how many.
CREATE OR REPLACE FUNCTION share.project(
    p_subjects bigint[], p_scope int, p_persons text[], p_heads int[]
) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_all jsonb;
    v_one record;
BEGIN
    SELECT coalesce(jsonb_agg(to_jsonb(d) ORDER BY dst_scope, dst_person, rule), '[]') INTO v_all
    FROM share.differences(p_subjects, p_scope, p_persons) AS d;
    PERFORM share.need(p_heads, ARRAY(
        SELECT (d->>'dst_scope')::int FROM jsonb_array_elements(v_all) AS d
        UNION ALL -- a disclosure is added where the facts come from
        SELECT (d->>'src_scope')::int FROM jsonb_array_elements(v_all) AS d
        WHERE d->'facts' <> 'null'));
    FOR v_one IN SELECT * FROM jsonb_to_recordset(v_all) AS d(rule int, src_scope int,
        src_person text, dst_scope int, dst_person text, facts jsonb)
    LOOP
        PERFORM share.project_one(v_one.rule, v_one.src_scope, v_one.src_person,
            v_one.dst_scope, v_one.dst_person, nullif(v_one.facts, 'null'));
    END LOOP;
    RETURN jsonb_array_length(v_all);
END
$$;

CREATE OR REPLACE FUNCTION share.project_one(
    p_rule int, p_src_scope int, p_src_person text, p_dst_scope int, p_dst_person text,
    p_facts jsonb
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rule   share.rule;
    v_before share.projection;
    v_giver  arm.organisation;
    v_news   jsonb;
BEGIN
    SELECT * INTO STRICT v_rule FROM share.rule WHERE rule = p_rule;
    SELECT o.* INTO STRICT v_giver FROM arm.organisation o JOIN arm.scope_head h USING (org)
    WHERE h.scope = p_src_scope;
    SELECT * INTO v_before FROM share.projection
    WHERE (rule, src_scope, src_person, dst_scope, dst_person)
          = (p_rule, p_src_scope, p_src_person, p_dst_scope, p_dst_person);
    IF p_facts IS NULL THEN
        UPDATE share.projection SET live = false, facts = '[]' WHERE doc = v_before.doc
            AND rule = p_rule AND src_scope = p_src_scope AND src_person = p_src_person;
        PERFORM share.put(p_dst_scope, v_before.doc, 'shared_card', p_dst_person,
            jsonb_build_object('facts', NULL, 'withdrawn_at', share.now_words()), true,
            v_giver.short_name);
        RETURN;
    END IF;
    IF v_before.doc IS NULL THEN
        v_before.doc := gen_random_uuid()::text; -- nobody can take it beforehand
        INSERT INTO share.projection
        VALUES (p_rule, p_src_scope, p_src_person, p_dst_scope, p_dst_person, v_before.doc,
                p_facts, true);
    ELSE
        UPDATE share.projection SET live = true, facts = p_facts
        WHERE (rule, src_scope, src_person, dst_scope, dst_person)
              = (p_rule, p_src_scope, p_src_person, p_dst_scope, p_dst_person);
    END IF;
    PERFORM share.put(p_dst_scope, v_before.doc, 'shared_card', p_dst_person,
        jsonb_build_object('person_id', p_dst_person, 'rule', p_rule, 'heading', v_rule.title,
            'source', v_giver.name, 'source_role', v_giver.role, 'facts', p_facts,
            'as_of', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
            'ground', v_rule.ground, 'confidence', v_rule.confidence, 'withdrawn_at', NULL),
        false, v_giver.short_name);
    SELECT jsonb_agg(f - 'value' ORDER BY n) INTO v_news
    FROM jsonb_array_elements(p_facts) WITH ORDINALITY AS a(f, n)
    WHERE NOT coalesce(v_before.facts, '[]') @> jsonb_build_array(f);
    IF v_news IS NOT NULL THEN
        PERFORM share.disclose(p_src_scope, p_src_person,
            (SELECT org FROM arm.scope_head WHERE scope = p_dst_scope), 'projection',
            format('правило %s «%s»', p_rule, v_rule.title), v_news, v_rule.ground,
            v_rule.confidence, v_before.doc);
    END IF;
END
$$;

-- The end of a push: what it changed is carried on to the registry, to the projections and to the
-- other side of requests. p_heads: what hold_for_push gave.
CREATE OR REPLACE FUNCTION share.after_push(p_scope int, p_ids text[], p_heads int[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_persons  text[];
    v_identity text[];
    v_asked    boolean;
    v_subjects bigint[];
BEGIN
    IF p_scope <> ALL (p_heads) THEN
        RETURN; -- not the caller's scope: nothing was written
    END IF;
    SELECT coalesce(array_agg(DISTINCT person), '{}'),
           coalesce(array_agg(DISTINCT person)
                    FILTER (WHERE kind IN ('person', 'identity_document')), '{}'),
           coalesce(bool_or(kind = 'info_request'), false)
    INTO v_persons, v_identity, v_asked
    FROM arm.doc WHERE scope = p_scope AND id = ANY (p_ids);
    -- a card may have left for another scope
    SELECT v_identity || coalesce(array_agg(person), '{}') INTO v_identity
    FROM share.card WHERE scope = p_scope AND person = ANY (p_ids) AND person <> ALL (v_identity);
    v_subjects := share.refresh(p_scope, v_identity, false);
    IF cardinality(v_subjects) > 0 THEN
        PERFORM share.tell_aliases(v_subjects, p_scope, v_identity, p_heads);
    END IF;
    SELECT v_subjects || coalesce(array_agg(mine.subject), '{}') INTO v_subjects
    FROM share.card mine
    WHERE mine.scope = p_scope AND mine.person = ANY (v_persons || v_identity)
      AND EXISTS (SELECT 1 FROM share.card other
                  WHERE other.subject = mine.subject AND other.org <> mine.org);
    IF cardinality(v_subjects) > 0 THEN
        PERFORM share.project(v_subjects, p_scope, v_persons || v_identity, p_heads);
    END IF;
    IF v_asked THEN
        PERFORM share.carry_requests(p_scope, p_ids, p_heads);
    END IF;
END
$$;

-- All that was loaded past the feed, in portions. The caller holds all heads (share.hold_all).
CREATE OR REPLACE FUNCTION share.register_scope(p_scope int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_persons  text[];
    v_after    text := '';
    v_subjects bigint[] := '{}';
    v_heads    int[] := share.hold_all();
BEGIN
    PERFORM pg_advisory_xact_lock(4021, 0);
    LOOP
        SELECT array_agg(id ORDER BY id) INTO v_persons FROM (
            SELECT id FROM arm.doc
            WHERE scope = p_scope AND kind = 'person' AND id > v_after ORDER BY id LIMIT 500) AS p;
        EXIT WHEN v_persons IS NULL;
        v_after := v_persons[cardinality(v_persons)];
        v_subjects := v_subjects || share.refresh(p_scope, v_persons, true);
    END LOOP;
    PERFORM share.tell_aliases(v_subjects, p_scope, '{}', v_heads);
    PERFORM share.project(v_subjects, p_scope, '{}', v_heads);
END
$$;

-- Once, when a centre that has people already gets a registry.
CREATE OR REPLACE FUNCTION share.register_first() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM share.hold_all();
    IF NOT (SELECT registered FROM share.day) THEN
        PERFORM share.register_scope(scope) FROM arm.scope_head;
        UPDATE share.day SET registered = true;
    END IF;
END
$$;

-- A rule has come, has ended, or its day has: all projections are looked at.
CREATE OR REPLACE FUNCTION share.project_all() RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_heads int[] := share.hold_all();
BEGIN
    UPDATE share.day SET day = current_date;
    RETURN share.project(ARRAY(SELECT subject FROM share.card GROUP BY subject
                               HAVING count(DISTINCT org) > 1), NULL, NULL, v_heads);
END
$$;

CREATE OR REPLACE FUNCTION share.add_rule(p_rule jsonb) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rule int;
BEGIN
    INSERT INTO share.rule (title, source_role, source_org, source_kind, only_where, newest_by,
        fields, receiver_role, receiver_org, same_region, on_question, ground, confidence,
        valid_from, valid_to)
    SELECT r.title, r.source_role, r.source_org, r.source_kind, coalesce(r.only_where, '{}'),
           coalesce(r.newest_by, ''), r.fields, r.receiver_role, r.receiver_org,
           coalesce(r.same_region, true), coalesce(r.on_question, false), r.ground, r.confidence,
           coalesce(r.valid_from, current_date), r.valid_to
    FROM jsonb_populate_record(NULL::share.rule, p_rule) AS r
    RETURNING rule INTO v_rule;
    PERFORM share.project_all();
    RETURN v_rule;
END
$$;

-- p_on: last day of the rule. Returns how many projections changed; NULL if there is no such rule.
CREATE OR REPLACE FUNCTION share.end_rule(p_rule int, p_on date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE share.rule SET valid_to = greatest(p_on, valid_from - 1) WHERE rule = p_rule;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN share.project_all();
END
$$;

-- The first greeting of a day on which a rule begins or ends brings the projections to it.
CREATE OR REPLACE FUNCTION share.keep_day() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_day date;
BEGIN
    SELECT day INTO v_day FROM share.day;
    IF v_day >= current_date OR NOT pg_try_advisory_xact_lock(4021, 3) THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT 1 FROM share.rule
               WHERE (valid_from > v_day AND valid_from <= current_date)
                  OR (valid_to >= v_day AND valid_to < current_date)) THEN
        PERFORM share.project_all();
    ELSE
        UPDATE share.day SET day = current_date;
    END IF;
END
$$;

RESET ROLE;
SET LOCAL ROLE arm_owner;
