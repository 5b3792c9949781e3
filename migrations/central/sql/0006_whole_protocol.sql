-- Fingerprints of the operations of each batch. Two copies of one workstation share what was not
-- sent when they were copied: by these the second learns which of it the first has sent already.
CREATE TABLE arm.taken (
    client       text NOT NULL,
    last_cseq    bigint NOT NULL,
    hashes       text[] NOT NULL,  -- of the operations up to last_cseq, in order
    at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (client, last_cseq)
);

-- How operations of older programs read today: since schema «since», what they call «field» of a
-- kind is called «becomes», and its values are translated by «recode» where that names them.
CREATE TABLE arm.shape_change (
    since        int NOT NULL CHECK (since > 1),
    kind         text NOT NULL,
    field        text NOT NULL,
    becomes      text NOT NULL CHECK (becomes ~ '^[a-z][a-z0-9_]{0,62}$'),
    recode       jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (since, kind, field)
);

-- Numbers of workstations are scarce: 8 999 a region.
ALTER TABLE arm.centre ADD COLUMN workstations_a_day int NOT NULL DEFAULT 50;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['taken', 'shape_change'] LOOP
        EXECUTE format('ALTER TABLE arm.%I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE arm.%I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY admin ON arm.%I TO arm_admin USING (true)', one);
        EXECUTE format('GRANT ALL ON arm.%I TO arm_admin', one);
        EXECUTE format('GRANT SELECT ON arm.%I TO arm_person', one);
    END LOOP;
END
$$;
-- arm.client itself is seen only within the organisation
CREATE POLICY seen ON arm.taken FOR SELECT
    USING (EXISTS (SELECT 1 FROM arm.client c WHERE c.client = taken.client));
CREATE POLICY added ON arm.taken FOR INSERT TO arm_owner
    WITH CHECK (EXISTS (SELECT 1 FROM arm.client c WHERE c.client = taken.client));
CREATE POLICY seen ON arm.shape_change FOR SELECT USING (true);

-- the newest program counts visits of a case; the owner is held to the policies too
ALTER TABLE arm.centre NO FORCE ROW LEVEL SECURITY;
UPDATE arm.centre SET schema_cur = 2;
ALTER TABLE arm.centre FORCE ROW LEVEL SECURITY;
