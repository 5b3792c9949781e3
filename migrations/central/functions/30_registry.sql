-- The registry: which cards of which organisations are one human being. Its tables belong to
-- arm_sharer and nobody may read them; every function here runs in that name.
--
-- Locks are taken in one order by everybody, so that nobody waits in a ring: heads of scopes,
-- ascending; the registry as a whole (shared by pushes, alone by bulk loads); slots of identifiers,
-- ascending; the ties.

RESET ROLE;
SET LOCAL ROLE arm_sharer;

CREATE OR REPLACE FUNCTION share.keyed(p_text text) RETURNS bytea
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(s.outer_key || sha256(s.inner_key || convert_to(p_text, 'UTF8')))
    FROM share.secret s
$$;

-- Letters and digits only, capitals, and Latin where a Cyrillic letter looks the same: «АВ 12-34»
-- typed in either script is one number. Own tables of letters: upper() depends on the locale.
CREATE OR REPLACE FUNCTION share.plain_number(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT regexp_replace(translate(translate(coalesce(p_text, ''),
        'абвгдеёжзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyz',
        'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯABCDEFGHIJKLMNOPQRSTUVWXYZ'),
        'АВЕЁКМНОРСТУХІЈЅ', 'ABEEKMHOPCTYXIJS'), '[^A-ZА-Я0-9]', '', 'g')
$$;

CREATE OR REPLACE FUNCTION share.weighed(p_digits text, p_weights int[]) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sum(substr(p_digits, n::int, 1)::int * weight)
    FROM unnest(p_weights) WITH ORDINALITY AS w(weight, n)
$$;

-- ИНН of a person (12 digits) if its two check digits are right; a mistyped one ties nobody.
CREATE OR REPLACE FUNCTION share.valid_inn(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN d !~ '^[0-9]{12}$' OR d ~ '^0+$' THEN NULL
        WHEN share.weighed(d, '{7,2,4,10,3,5,9,4,6,8}') % 11 % 10 = substr(d, 11, 1)::int
         AND share.weighed(d, '{3,7,2,4,10,3,5,9,4,6,8}') % 11 % 10 = substr(d, 12, 1)::int
        THEN d END
    FROM regexp_replace(coalesce(p_text, ''), '[^0-9]', '', 'g') AS d
$$;

CREATE OR REPLACE FUNCTION share.valid_snils(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN d !~ '^[0-9]{11}$' OR d ~ '^0+$' THEN NULL
        WHEN share.weighed(d, '{9,8,7,6,5,4,3,2,1}') % 101 % 100 = substr(d, 10, 2)::int
        THEN d END
    FROM regexp_replace(coalesce(p_text, ''), '[^0-9]', '', 'g') AS d
$$;

-- A document counts only whole: country, number and the birth date of its holder.
CREATE OR REPLACE FUNCTION share.document_words(
    p_country text, p_series text, p_number text, p_born text
) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN p_country ~ '^[A-Z]{3}$' AND length(share.plain_number(p_number)) >= 4
                 AND p_born ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
        THEN concat_ws('|', 'document', p_country,
                       share.plain_number(p_series) || share.plain_number(p_number), p_born) END
$$;

-- Strong identifiers of the cards of these persons, as the registry keeps them.
CREATE OR REPLACE FUNCTION share.keys_of(p_scope int, p_persons text[])
RETURNS SETOF share.card_key
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH one AS MATERIALIZED (
        SELECT d.id, d.body FROM arm.doc d
        WHERE d.scope = p_scope AND d.id = ANY (p_persons) AND d.kind = 'person' AND NOT d.deleted
    ), words(person, kind, said) AS (
        SELECT id, 'inn', 'inn|' || share.valid_inn(body->>'inn') FROM one
        UNION ALL
        SELECT id, 'snils', 'snils|' || share.valid_snils(body->>'snils') FROM one
        UNION ALL
        SELECT one.id, 'document', share.document_words(d.body->>'country', d.body->>'series',
                                                        d.body->>'number', one.body->>'birth_date')
        FROM one JOIN arm.doc d ON d.scope = p_scope AND d.person = one.id
         AND d.kind = 'identity_document' AND NOT d.deleted
    )
    SELECT DISTINCT share.keyed(said), p_scope, person, kind FROM words WHERE said IS NOT NULL
$$;

-- Brings the registry to what these persons' cards say now. Returns the subjects whose cards are
-- others than before.
CREATE OR REPLACE FUNCTION share.refresh(p_scope int, p_persons text[], p_bulk boolean)
RETURNS bigint[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_fresh share.card_key[];
    v_dirty text[];
    v_more  text[];
    v_lost  bigint[];
    v_ties  bigint[];
BEGIN
    SELECT coalesce(array_agg(k), '{}') INTO v_fresh FROM share.keys_of(p_scope, p_persons) AS k;
    IF cardinality(v_fresh) = 0 AND NOT EXISTS (
        SELECT 1 FROM share.card WHERE scope = p_scope AND person = ANY (p_persons))
    THEN
        RETURN '{}';
    END IF;
    IF NOT p_bulk THEN
        PERFORM pg_advisory_xact_lock_shared(4021, 0);
        -- two offices that enter one passport at the same moment must see each other's card
        PERFORM pg_advisory_xact_lock(4022, slot) FROM (
            SELECT DISTINCT get_byte(f.hash, 0) AS slot FROM unnest(v_fresh) AS f ORDER BY 1) AS s;
    END IF;
    WITH gone AS (
        DELETE FROM share.card_key k
        WHERE k.scope = p_scope AND k.person = ANY (p_persons) AND NOT EXISTS (
            SELECT 1 FROM unnest(v_fresh) AS f WHERE f.hash = k.hash AND f.person = k.person)
        RETURNING k.person
    ), came AS (
        INSERT INTO share.card_key SELECT * FROM unnest(v_fresh) ON CONFLICT DO NOTHING
        RETURNING person
    )
    SELECT coalesce(array_agg(person), '{}') INTO v_dirty
    FROM (SELECT person FROM gone UNION SELECT person FROM came) AS changed;
    WITH gone AS (
        DELETE FROM share.card c
        WHERE c.scope = p_scope AND c.person = ANY (p_persons)
          AND NOT EXISTS (SELECT 1 FROM unnest(v_fresh) AS f WHERE f.person = c.person)
        RETURNING c.subject
    )
    SELECT coalesce(array_agg(subject), '{}') INTO v_lost FROM gone;
    WITH kept AS (
        INSERT INTO share.card AS c (scope, person, org, subject, migrant_id, born)
        SELECT p_scope, d.id, h.org, nextval('share.subject'),
               coalesce(d.body->>'migrant_id', ''), share.keyed('born|' || (d.body->>'birth_date'))
        FROM arm.doc d JOIN arm.scope_head h ON h.scope = p_scope
        WHERE d.scope = p_scope
          AND d.id IN (SELECT f.person FROM unnest(v_fresh) AS f)
        ON CONFLICT (scope, person) DO UPDATE
            SET migrant_id = excluded.migrant_id, born = excluded.born
            WHERE (c.migrant_id, c.born) IS DISTINCT FROM (excluded.migrant_id, excluded.born)
        RETURNING person
    )
    SELECT coalesce(array_agg(person), '{}') INTO v_more FROM kept;
    v_dirty := v_dirty || v_more;
    IF cardinality(v_dirty) + cardinality(v_lost) = 0 OR NOT EXISTS (
        -- nobody else has, or had, a card of any of them: the usual case ends here
        SELECT 1 FROM share.card mine
        WHERE mine.scope = p_scope AND mine.person = ANY (v_dirty) AND (
            EXISTS (SELECT 1 FROM share.card other WHERE other.subject = mine.subject
                    AND (other.scope, other.person) <> (mine.scope, mine.person))
            OR EXISTS (SELECT 1 FROM share.card_key k JOIN share.card_key t USING (hash)
                       WHERE k.scope = mine.scope AND k.person = mine.person
                         AND (t.scope, t.person) <> (mine.scope, mine.person)))
        UNION ALL SELECT 1 FROM share.card WHERE subject = ANY (v_lost))
    THEN
        RETURN v_lost;
    END IF;
    PERFORM pg_advisory_xact_lock(4021, 2);
    SELECT array_agg(DISTINCT subject) INTO v_ties FROM (
        SELECT unnest(v_lost) AS subject
        UNION ALL
        SELECT subject FROM share.card WHERE scope = p_scope AND person = ANY (v_dirty)
        UNION ALL
        SELECT c.subject FROM share.card_key k JOIN share.card_key t USING (hash)
        JOIN share.card c ON c.scope = t.scope AND c.person = t.person
        WHERE k.scope = p_scope AND k.person = ANY (v_dirty)) AS concerned;
    RETURN share.retie(v_ties);
END
$$;

-- Cards of these subjects are put together anew: one subject for all that hang together by an
-- identifier and do not contradict each other in the birth date. Ties made by a typing error fall
-- apart here when it is corrected; the older cards keep the subject.
CREATE OR REPLACE FUNCTION share.retie(p_subjects bigint[]) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_card    share.card;
    v_seen    bigint[] := '{}';
    v_part    bigint[];
    v_subject bigint;
    v_given   bigint[] := '{}';
BEGIN
    FOR v_card IN SELECT * FROM share.card WHERE subject = ANY (p_subjects) ORDER BY since LOOP
        CONTINUE WHEN v_card.since = ANY (v_seen);
        WITH RECURSIVE part AS (
            SELECT v_card.scope, v_card.person, v_card.born, v_card.since, v_card.subject
            UNION
            SELECT c.scope, c.person, c.born, c.since, c.subject
            FROM part p
            JOIN share.card_key k ON k.scope = p.scope AND k.person = p.person
            JOIN share.card_key t ON t.hash = k.hash
            JOIN share.card c ON c.scope = t.scope AND c.person = t.person
            WHERE p.born IS NULL OR c.born IS NULL OR p.born = c.born
        )
        SELECT array_agg(since), min(subject) FILTER (WHERE subject <> ALL (v_given))
        INTO v_part, v_subject FROM part;
        v_subject := coalesce(v_subject, nextval('share.subject'));
        v_seen := v_seen || v_part;
        v_given := v_given || v_subject;
        UPDATE share.card SET subject = v_subject
        WHERE subject = ANY (p_subjects) AND since = ANY (v_part) AND subject <> v_subject;
    END LOOP;
    RETURN ARRAY(SELECT DISTINCT unnest(p_subjects || v_given));
END
$$;

-- Refused unless the transaction holds these heads: push then begins again with more of them.
CREATE OR REPLACE FUNCTION share.need(p_heads int[], p_scopes int[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_more int[] := ARRAY(SELECT DISTINCT unnest(p_scopes) EXCEPT SELECT unnest(p_heads));
BEGIN
    IF cardinality(v_more) > 0 THEN
        RAISE EXCEPTION 'more heads' USING ERRCODE = 'EO100', DETAIL = v_more::text;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION share.hold(p_heads int[]) RETURNS int[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM 1 FROM arm.scope_head WHERE scope = ANY (p_heads) ORDER BY scope FOR UPDATE;
    RETURN p_heads;
END
$$;

-- For what concerns everybody: a rule, a bulk load.
CREATE OR REPLACE FUNCTION share.hold_all() RETURNS int[]
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT share.hold(ARRAY(SELECT scope FROM arm.scope_head))
$$;

-- The heads a push holds: its own scope, those that get projections of the persons it speaks of,
-- and those that an earlier try found missing. Nothing for a scope that is not the caller's.
CREATE OR REPLACE FUNCTION share.hold_for_push(p_scope int, p_ops text[], p_more int[])
RETURNS int[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_heads   int[] := p_more || p_scope;
    v_persons text[];
BEGIN
    IF p_scope <> ALL (arm.my_writable_scopes()) THEN
        RETURN '{}';
    END IF;
    IF EXISTS (SELECT 1 FROM share.projection WHERE src_scope = p_scope AND live) THEN
        SELECT array_agg(DISTINCT substring(op FROM '"person":"([0-9A-Za-z_-]{1,40})"'))
        INTO v_persons FROM unnest(p_ops) AS op;
        SELECT v_heads || coalesce(array_agg(DISTINCT dst_scope), '{}') INTO v_heads
        FROM share.projection
        WHERE src_scope = p_scope AND src_person = ANY (v_persons) AND live;
    END IF;
    RETURN share.hold(v_heads);
END
$$;

-- Writes one of the centre's own documents as a push would: version, feed, chain. Returns what
-- changed. The fields that p_body does not name stay.
CREATE OR REPLACE FUNCTION share.put(
    p_scope int, p_id text, p_kind text, p_person text, p_body jsonb, p_deleted boolean,
    p_author text
) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_doc   record;
    v_delta jsonb;
BEGIN
    SELECT ver, fver, body, deleted INTO v_doc FROM arm.doc
    WHERE scope = p_scope AND id = p_id AND kind = p_kind;
    IF NOT FOUND THEN
        p_body := jsonb_strip_nulls(p_body);
        SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('o', NULL, 'n', value)), '{}')
        INTO v_delta FROM jsonb_each(p_body);
        INSERT INTO arm.doc (id, kind, scope, person, ver, deleted, fver, body)
        VALUES (p_id, p_kind, p_scope, p_person, 1, p_deleted,
                (SELECT coalesce(jsonb_object_agg(key, 1), '{}')
                 FROM jsonb_object_keys(p_body) AS key), p_body);
        PERFORM arm.append_change(p_scope, p_id, p_kind, 'N', 1, v_delta, p_author,
                                  NULL, NULL, NULL);
        RETURN v_delta;
    END IF;
    SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('o', v_doc.body->key, 'n', value)),
                    '{}') INTO v_delta
    FROM jsonb_each(p_body) WHERE coalesce(v_doc.body->key, 'null') <> value;
    IF v_doc.deleted <> p_deleted THEN
        v_delta := v_delta || jsonb_build_object(
            'deleted', jsonb_build_object('o', v_doc.deleted, 'n', p_deleted));
    END IF;
    IF v_delta = '{}' THEN
        RETURN v_delta;
    END IF;
    UPDATE arm.doc SET ver = v_doc.ver + 1, deleted = p_deleted, person = p_person,
        body = v_doc.body || p_body,
        fver = v_doc.fver || (SELECT jsonb_object_agg(key, v_doc.ver + 1)
                              FROM jsonb_object_keys(v_delta) AS key)
    WHERE scope = p_scope AND id = p_id;
    PERFORM arm.append_change(p_scope, p_id, p_kind,
        CASE WHEN p_deleted AND NOT v_doc.deleted THEN 'D' ELSE 'S' END,
        v_doc.ver + 1, v_delta, p_author, NULL, NULL, NULL);
    RETURN v_delta;
END
$$;

CREATE OR REPLACE FUNCTION share.now_words() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00'
$$;

-- Two Migrant IDs are one human being: each office that has a card learns the others' numbers, by a
-- document among its own records. Whose numbers they are it does not learn.
CREATE OR REPLACE FUNCTION share.tell_aliases(
    p_subjects bigint[], p_scope int, p_persons text[], p_heads int[]
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_news jsonb;
    v_one  record;
BEGIN
    WITH cards AS MATERIALIZED (
        SELECT * FROM share.card WHERE subject = ANY (p_subjects)
    ), wanted AS (
        SELECT DISTINCT mine.scope, mine.person, mine.migrant_id, theirs.migrant_id AS alias
        FROM cards mine JOIN cards theirs ON theirs.subject = mine.subject
        WHERE mine.migrant_id <> '' AND theirs.migrant_id NOT IN ('', mine.migrant_id)
    ), standing AS (
        SELECT a.scope, a.person, a.alias, a.doc FROM share.alias a
        WHERE a.live AND ((a.scope = p_scope AND a.person = ANY (p_persons))
            OR (a.scope, a.person) IN (SELECT scope, person FROM cards))
    )
    SELECT coalesce(jsonb_agg(to_jsonb(n) ORDER BY scope, person, alias), '[]') INTO v_news
    FROM (SELECT scope, person, alias, w.migrant_id, w.scope IS NOT NULL AS live
          FROM wanted w FULL JOIN standing s USING (scope, person, alias)
          WHERE w.scope IS NULL OR s.scope IS NULL) AS n;
    PERFORM share.need(p_heads, ARRAY(SELECT (n->>'scope')::int
                                      FROM jsonb_array_elements(v_news) AS n));
    FOR v_one IN SELECT * FROM jsonb_to_recordset(v_news)
        AS n(scope int, person text, alias text, migrant_id text, live boolean)
    LOOP
        INSERT INTO share.alias AS a (scope, person, alias, doc)
        VALUES (v_one.scope, v_one.person, v_one.alias, gen_random_uuid()::text)
        ON CONFLICT (scope, person, alias) DO UPDATE SET live = v_one.live;
        PERFORM share.put(a.scope, a.doc, 'alias_notice', a.person,
            CASE WHEN v_one.live THEN jsonb_build_object('person_id', a.person,
                'migrant_id', v_one.migrant_id, 'alias', a.alias,
                'found_at', share.now_words())
            ELSE '{}' END, NOT v_one.live, 'реестр')
        FROM share.alias a
        WHERE a.scope = v_one.scope AND a.person = v_one.person AND a.alias = v_one.alias;
    END LOOP;
END
$$;

RESET ROLE;
SET LOCAL ROLE arm_owner;
