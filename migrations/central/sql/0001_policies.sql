-- Who sees what. Row-level security on the login itself (session_user) is the only filter: it
-- holds inside definer functions too, and SET ROLE does not change it.

-- Each is called once a statement, as «(SELECT arm.my_scopes())»: called per row it costs x70.
CREATE FUNCTION arm.my_scopes() RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(scope), '{}') FROM arm.grants WHERE rolname = session_user
$$;

CREATE FUNCTION arm.my_writable_scopes() RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(array_agg(scope), '{}') FROM arm.grants
    WHERE rolname = session_user AND can_write
$$;

CREATE FUNCTION arm.my_org() RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT org FROM arm.account WHERE rolname = session_user AND active
$$;

CREATE FUNCTION arm.i_supervise() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT 1 FROM arm.account WHERE rolname = session_user AND active
                   AND role IN ('center_supervisor', 'admin'))
$$;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['centre', 'organisation', 'scope_head', 'account', 'grants', 'doc',
        'change', 'region_numbers', 'client', 'conflict', 'rejected']
    LOOP
        EXECUTE format('ALTER TABLE arm.%I ENABLE ROW LEVEL SECURITY', one);
        -- FORCE: the owner, in whose name push writes, is held to the policies as well
        EXECUTE format('ALTER TABLE arm.%I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY admin ON arm.%I TO arm_admin USING (true)', one);
        EXECUTE format('GRANT ALL ON arm.%I TO arm_admin', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['doc', 'change', 'scope_head', 'conflict'] LOOP
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
DROP POLICY added ON arm.scope_head; -- only an administrator makes scopes
DROP POLICY written ON arm.change;   -- the feed is only ever added to

CREATE POLICY seen ON arm.centre FOR SELECT USING (true);

CREATE POLICY seen ON arm.grants FOR SELECT USING (rolname = session_user);

-- The account that my_org() itself reads, and colleagues of the same organisation.
CREATE POLICY own ON arm.account FOR SELECT USING (rolname = session_user);
CREATE POLICY colleagues ON arm.account FOR SELECT TO arm_person
    USING (org = (SELECT arm.my_org()));
CREATE POLICY seen ON arm.organisation FOR SELECT USING (org = (SELECT arm.my_org()));

CREATE POLICY seen ON arm.client FOR SELECT USING (org = (SELECT arm.my_org()));
CREATE POLICY added ON arm.client FOR INSERT TO arm_owner
    WITH CHECK (org = (SELECT arm.my_org()));
CREATE POLICY written ON arm.client FOR UPDATE TO arm_owner
    USING (org = (SELECT arm.my_org()));

CREATE POLICY counted ON arm.region_numbers TO arm_owner
    USING (region = (SELECT region FROM arm.organisation WHERE org = (SELECT arm.my_org())));

CREATE POLICY seen ON arm.rejected FOR SELECT
    USING (rolname = session_user
           OR (org = (SELECT arm.my_org()) AND (SELECT arm.i_supervise())));
CREATE POLICY added ON arm.rejected FOR INSERT TO arm_owner
    WITH CHECK (rolname = session_user);

GRANT USAGE ON SCHEMA arm TO arm_person, arm_admin;
GRANT SELECT ON arm.centre, arm.organisation, arm.grants, arm.account, arm.client, arm.rejected
    TO arm_person;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA arm FROM PUBLIC;
GRANT EXECUTE ON FUNCTION arm.my_scopes(), arm.my_writable_scopes(), arm.my_org(),
    arm.i_supervise() TO arm_person, arm_admin;
