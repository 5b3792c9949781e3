-- Every question names a scope, so a row's scope says where it lies: in one of sixteen parts here,
-- on one of the nodes of a distributed PostgreSQL. Keys therefore begin or end with it.

ALTER TABLE arm.doc RENAME TO doc_whole;
ALTER TABLE arm.change RENAME TO change_whole;
ALTER TABLE arm.conflict RENAME TO conflict_whole;
-- the owner is held to the policies too and would copy nothing
ALTER TABLE arm.doc_whole NO FORCE ROW LEVEL SECURITY;
ALTER TABLE arm.change_whole NO FORCE ROW LEVEL SECURITY;
ALTER TABLE arm.conflict_whole NO FORCE ROW LEVEL SECURITY;

CREATE TABLE arm.doc (
    id           text COLLATE "C" NOT NULL CHECK (id ~ '^[0-9A-Za-z_-]{1,40}$'),
    kind         text NOT NULL,
    scope        int NOT NULL,
    person       text COLLATE "C" NOT NULL,  -- whose papers: first loads go person by person
    ver          int NOT NULL,
    deleted      boolean NOT NULL DEFAULT false,
    fver         jsonb NOT NULL,  -- field -> version that last changed it
    body         jsonb NOT NULL,
    PRIMARY KEY (id, scope)
) PARTITION BY HASH (scope);

-- Where a record is: one home at a time, whatever part it lies in.
CREATE TABLE arm.doc_home (
    id           text COLLATE "C" PRIMARY KEY,
    scope        int NOT NULL
);

CREATE TABLE arm.change (
    scope        int,
    seq          bigint,
    id           text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    -- N new, S set, D deleted, C conflict opened or grown, R conflict settled, L left for another
    -- scope, E entered from one, X erased by law, B many documents loaded past the feed
    op           text NOT NULL CHECK (op IN ('N', 'S', 'D', 'C', 'R', 'L', 'E', 'X', 'B')),
    ver          int NOT NULL,
    delta        jsonb,
    salt         text,
    delta_hash   text NOT NULL,  -- survives the erasure of delta and salt
    actor        name NOT NULL,  -- who was logged in
    author       text NOT NULL,  -- who typed it, as the workstation says
    client       text,
    cseq         bigint,
    made_at      text,           -- the workstation's clock, for people's eyes only
    at           timestamptz NOT NULL,
    hash         text NOT NULL,
    PRIMARY KEY (scope, seq)
) PARTITION BY HASH (scope);

CREATE TABLE arm.conflict (
    id           text NOT NULL,
    scope        int NOT NULL,
    doc_id       text COLLATE "C" NOT NULL,
    kind         text NOT NULL,
    person_id    text NOT NULL,
    field        text NOT NULL,
    base_value   jsonb,
    server_value jsonb,
    mine_value   jsonb,
    server_actor text,
    server_at    text,
    mine_actor   text NOT NULL,
    mine_at      text,
    client       text NOT NULL,
    cseq         bigint NOT NULL,
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'settled')),
    settled_value jsonb,
    settled_by   text,
    settled_at   text,
    PRIMARY KEY (id, scope)
) PARTITION BY HASH (scope);

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['doc', 'change', 'conflict'] LOOP
        FOR i IN 0 .. 15 LOOP
            EXECUTE format('CREATE TABLE arm.%I PARTITION OF arm.%I
                            FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
                           v_table || '_' || to_char(i, 'FM00'), v_table, i);
        END LOOP;
    END LOOP;
END
$$;

INSERT INTO arm.doc_home (id, scope) SELECT id, scope FROM arm.doc_whole;
INSERT INTO arm.doc SELECT * FROM arm.doc_whole;
INSERT INTO arm.change SELECT * FROM arm.change_whole;
INSERT INTO arm.conflict SELECT * FROM arm.conflict_whole;
-- functions that speak of the old tables' rows go with them and come back as they are now
DROP TABLE arm.doc_whole, arm.change_whole, arm.conflict_whole CASCADE;

CREATE UNIQUE INDEX doc_by_person ON arm.doc (scope, person, id);
CREATE INDEX change_by_doc ON arm.change (id, ver);
CREATE INDEX change_by_operation ON arm.change (client, cseq);
CREATE INDEX conflict_open ON arm.conflict (doc_id, field) WHERE state = 'open';
CREATE INDEX conflict_by_operation ON arm.conflict (client, cseq);
CREATE INDEX conflict_by_scope ON arm.conflict (scope, id);

-- Once a statement, not once a row: a bulk load brings a million.
CREATE FUNCTION arm.keep_home() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO arm.doc_home (id, scope) SELECT id, scope FROM fresh;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_home AFTER INSERT ON arm.doc REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION arm.keep_home();

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['doc', 'change', 'conflict', 'doc_home'] LOOP
        EXECUTE format('ALTER TABLE arm.%I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE arm.%I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY admin ON arm.%I TO arm_admin USING (true)', one);
        EXECUTE format('GRANT ALL ON arm.%I TO arm_admin', one);
        EXECUTE format('CREATE POLICY seen ON arm.%I FOR SELECT
                        USING (scope = ANY ((SELECT arm.my_scopes())::int[]))', one);
        EXECUTE format('CREATE POLICY added ON arm.%I FOR INSERT TO arm_owner
                        WITH CHECK (scope = ANY ((SELECT arm.my_writable_scopes())::int[]))', one);
        EXECUTE format('CREATE POLICY written ON arm.%I FOR UPDATE TO arm_owner
                        USING (scope = ANY ((SELECT arm.my_writable_scopes())::int[]))', one);
        EXECUTE format('GRANT SELECT ON arm.%I TO arm_person', one);
    END LOOP;
END
$$;
DROP POLICY written ON arm.change;   -- the feed is only ever added to
REVOKE SELECT ON arm.doc_home FROM arm_person;
