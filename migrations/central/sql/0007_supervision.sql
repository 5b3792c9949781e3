-- What became of edits that the centre refused. Refusals and decisions about them are numbered in
-- one order per organisation: the number is taken under a lock that is held until commit, so whoever
-- has read up to a number has missed nothing.

CREATE TABLE arm.supervision_head (
    org          int PRIMARY KEY,
    n            bigint NOT NULL
);

ALTER TABLE arm.rejected ADD COLUMN n bigint;

CREATE TABLE arm.rejected_decision (
    id           text COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-9A-Za-z_-]{1,40}$'),
    org          int NOT NULL,
    n            bigint NOT NULL,
    client       text NOT NULL,
    cseq         bigint NOT NULL,
    what         text NOT NULL CHECK (what IN ('handed_back', 'entered', 'closed')),
    reason       text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    actor        name NOT NULL,  -- who was logged in
    author       text NOT NULL,  -- who decided, as the workstation says
    made_at      text NOT NULL,
    at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rejected_decision_by_edit ON arm.rejected_decision (client, cseq);
CREATE INDEX rejected_in_order ON arm.rejected (org, n);
CREATE INDEX rejected_decision_in_order ON arm.rejected_decision (org, n);

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['supervision_head', 'rejected_decision'] LOOP
        EXECUTE format('ALTER TABLE arm.%I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE arm.%I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY admin ON arm.%I TO arm_admin USING (true)', one);
        EXECUTE format('GRANT ALL ON arm.%I TO arm_admin', one);
    END LOOP;
END
$$;

CREATE POLICY counted ON arm.supervision_head TO arm_owner
    USING (org = (SELECT arm.my_org()));

-- The author of an edit sees what became of it, even if a colleague's session brought it here.
CREATE POLICY authored ON arm.rejected FOR SELECT
    USING (author = session_user AND org = (SELECT arm.my_org()));

CREATE POLICY seen ON arm.rejected_decision FOR SELECT
    USING (org = (SELECT arm.my_org())
           AND ((SELECT arm.i_supervise())
                OR EXISTS (SELECT 1 FROM arm.rejected r
                           WHERE r.client = rejected_decision.client
                             AND r.cseq = rejected_decision.cseq)));
CREATE POLICY added ON arm.rejected_decision FOR INSERT TO arm_owner
    WITH CHECK (org = (SELECT arm.my_org()) AND actor = session_user);
GRANT SELECT ON arm.rejected_decision TO arm_person;

CREATE FUNCTION arm.number_in_office() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO arm.supervision_head AS h (org, n) VALUES (NEW.org, 1)
    ON CONFLICT (org) DO UPDATE SET n = h.n + 1 RETURNING h.n INTO NEW.n;
    RETURN NEW;
END
$$;
CREATE TRIGGER numbered BEFORE INSERT ON arm.rejected
    FOR EACH ROW EXECUTE FUNCTION arm.number_in_office();
CREATE TRIGGER numbered BEFORE INSERT ON arm.rejected_decision
    FOR EACH ROW EXECUTE FUNCTION arm.number_in_office();
