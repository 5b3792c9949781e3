-- A workstation without a network hands over its edits in a file, and a colleague relays them.

-- What a workstation signs and is written to with. Trusted because it was registered over a
-- person's own login; each login of a workstation registers by itself.
CREATE TABLE arm.package_key (
    client       text,           -- «centre»: the centre's own, of no organisation
    sign         text,           -- Ed25519, base64
    box          text NOT NULL,  -- X25519, base64
    rolname      name,
    org          int,
    added_at     timestamptz NOT NULL DEFAULT now(),
    revoked_at   timestamptz,    -- the workstation is lost: nothing it signs is taken any more
    PRIMARY KEY (client, sign, rolname)
);

CREATE TABLE arm.relay_log (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    package      text NOT NULL,
    client       text NOT NULL,  -- where the edits were made
    login        name NOT NULL,  -- who made the file
    relayer      name NOT NULL,  -- who brought it here
    org          int NOT NULL,
    first_cseq   bigint NOT NULL,
    last_cseq    bigint NOT NULL,
    at           timestamptz NOT NULL DEFAULT now()
);

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['package_key', 'relay_log'] LOOP
        EXECUTE format('ALTER TABLE arm.%I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE arm.%I FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format('CREATE POLICY admin ON arm.%I TO arm_admin USING (true)', v_table);
        EXECUTE format('GRANT ALL ON arm.%I TO arm_admin', v_table);
        EXECUTE format('CREATE POLICY added ON arm.%I FOR INSERT TO arm_owner
                        WITH CHECK (org = (SELECT arm.my_org()))', v_table);
    END LOOP;
END
$$;
CREATE POLICY seen ON arm.package_key FOR SELECT
    USING (org = (SELECT arm.my_org()) OR client = 'centre');
CREATE POLICY seen ON arm.relay_log FOR SELECT
    USING (org = (SELECT arm.my_org()));
GRANT SELECT ON arm.relay_log TO arm_person;

-- Who relays names for whom (sync_v1.relay_for): from then on this connection has the rights that
-- both of them have. These settings can only take rights away, whoever sets them to whatever.
CREATE POLICY relayed ON arm.grants FOR SELECT TO arm_owner
    USING (rolname = current_setting('arm.relayed_for', true));
CREATE POLICY narrowed ON arm.grants AS RESTRICTIVE FOR SELECT
    USING (coalesce(current_setting('arm.relayed_scopes', true), '') = ''
           OR rolname <> session_user
           OR scope = ANY (nullif(current_setting('arm.relayed_scopes', true), '')::int[]));
