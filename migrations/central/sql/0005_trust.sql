-- What workstations saw and no longer find here; who read whose card; whose records the law made
-- us erase. All three are only ever added to.

CREATE TABLE arm.witness (
    client       text,
    scope        int,
    seq          bigint,
    hash         text,            -- what the workstation saw
    found        text,            -- what is there now; null: nothing
    rolname      name NOT NULL,
    seen_at      text NOT NULL,   -- by the workstation's clock
    told_at      timestamptz NOT NULL DEFAULT now(),
    settled_at   timestamptz,     -- an administrator explained it
    settled_note text,
    PRIMARY KEY (client, scope, seq, hash)
);

-- One chain a workstation: hash covers the row before, so none can be left out or slipped in.
CREATE TABLE arm.reading (
    chain        text,
    n            bigint CHECK (n > 0),
    client       text NOT NULL,
    org          int NOT NULL,
    rolname      name NOT NULL,   -- who was signed in when it was sent
    actor        text NOT NULL,   -- who looked, as the workstation says
    person       text COLLATE "C" NOT NULL,  -- «*» where a list of many was taken out
    kind         text NOT NULL,
    ground       text NOT NULL,
    at           text NOT NULL,
    hash         text NOT NULL,
    got_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain, n)
);
CREATE INDEX reading_by_person ON arm.reading (person, at);
CREATE INDEX reading_by_org ON arm.reading (org, got_at);

-- Records that came to nothing by law. A late edit of one of them is refused without being kept.
CREATE TABLE arm.erased (
    id           text COLLATE "C",
    scope        int,
    person       text COLLATE "C" NOT NULL,
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, scope)
);

CREATE FUNCTION arm.i_may_erase() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT arm.i_supervise()
$$;
REVOKE ALL ON FUNCTION arm.i_may_erase() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION arm.i_may_erase() TO arm_person, arm_admin;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['witness', 'reading', 'erased'] LOOP
        EXECUTE format('ALTER TABLE arm.%I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE arm.%I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY admin ON arm.%I TO arm_admin USING (true)', one);
        EXECUTE format('GRANT ALL ON arm.%I TO arm_admin', one);
        EXECUTE format('GRANT SELECT ON arm.%I TO arm_person', one);
    END LOOP;
END
$$;

CREATE POLICY seen ON arm.witness FOR SELECT
    USING (scope = ANY ((SELECT arm.my_scopes())::int[]));
CREATE POLICY added ON arm.witness FOR INSERT TO arm_owner
    WITH CHECK (rolname = session_user AND scope = ANY ((SELECT arm.my_scopes())::int[]));

CREATE POLICY seen ON arm.reading FOR SELECT TO arm_person
    USING (actor = session_user::text
           OR (org = (SELECT arm.my_org()) AND (SELECT arm.i_supervise())));
-- several people share a workstation: whoever sends must continue the chain of them all
CREATE POLICY chained ON arm.reading FOR SELECT TO arm_owner USING (org = (SELECT arm.my_org()));
CREATE POLICY added ON arm.reading FOR INSERT TO arm_owner
    WITH CHECK (org = (SELECT arm.my_org()) AND rolname = session_user);

CREATE POLICY seen ON arm.erased FOR SELECT
    USING (scope = ANY ((SELECT arm.my_scopes())::int[]));
CREATE POLICY added ON arm.erased FOR INSERT TO arm_owner
    WITH CHECK (scope = ANY ((SELECT arm.my_writable_scopes())::int[])
                AND (SELECT arm.i_may_erase()));

-- The feed is only ever added to, except that the law may take the content out of an entry.
CREATE POLICY erased ON arm.change FOR UPDATE TO arm_owner
    USING (scope = ANY ((SELECT arm.my_writable_scopes())::int[])
           AND (SELECT arm.i_may_erase()))
    WITH CHECK (delta IS NULL AND salt IS NULL
                AND scope = ANY ((SELECT arm.my_writable_scopes())::int[]));
CREATE POLICY erased ON arm.rejected FOR UPDATE TO arm_owner
    USING (org = (SELECT arm.my_org()) AND (SELECT arm.i_may_erase()));

-- What the centre made of a person goes with the rest, and only so.
DROP POLICY made_by_the_centre ON arm.doc;
CREATE POLICY made_by_the_centre ON arm.doc AS RESTRICTIVE FOR UPDATE TO arm_owner
    USING (kind NOT IN ('shared_card', 'alias_notice', 'disclosure')
           OR (SELECT arm.i_may_erase()))
    WITH CHECK (kind NOT IN ('shared_card', 'alias_notice', 'disclosure')
                OR (deleted AND body = '{}'));
-- … in the receivers' scopes too, where nobody of the sender's office may write
GRANT SELECT, UPDATE (delta, salt) ON arm.change TO arm_sharer;
GRANT SELECT, INSERT ON arm.erased TO arm_sharer;
CREATE POLICY shared_seen ON arm.change FOR SELECT TO arm_sharer USING (true); -- as it sees records
CREATE POLICY shared_erased ON arm.change FOR UPDATE TO arm_sharer
    USING (kind IN ('shared_card', 'info_request'))
    WITH CHECK (delta IS NULL AND salt IS NULL);
CREATE POLICY shared_seen ON arm.erased FOR SELECT TO arm_sharer USING (true);
CREATE POLICY shared_added ON arm.erased FOR INSERT TO arm_sharer WITH CHECK (person = '');
