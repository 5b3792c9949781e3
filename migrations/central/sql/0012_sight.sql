-- What each login sees, in one row: a policy asks for one row by its key, instead of calling
-- functions that ask four tables. Kept by the tables it follows from, in the same transaction.

CREATE TABLE arm.sight (
    rolname      name PRIMARY KEY,
    scopes       int[] NOT NULL,
    writable     int[] NOT NULL,
    everything   boolean NOT NULL,   -- whether its role reads every kind
    kinds        text[] NOT NULL,    -- the kinds its role reads; '' of entries about no record
    locked_until timestamptz,
    revoked      text[] NOT NULL     -- workstations of its organisation that were revoked
);
ALTER TABLE arm.sight ENABLE ROW LEVEL SECURITY;
ALTER TABLE arm.sight FORCE ROW LEVEL SECURITY;
CREATE POLICY admin ON arm.sight TO arm_admin USING (true);
CREATE POLICY own ON arm.sight FOR SELECT USING (rolname = session_user);
GRANT ALL ON arm.sight TO arm_admin;
GRANT SELECT ON arm.sight TO arm_person;

-- The rows of these logins anew, of all with NULL. Two administrators at work at once wait here:
-- each must see what the other has done.
CREATE FUNCTION arm.keep_sight(p_logins name[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE arm.sight IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM arm.sight WHERE p_logins IS NULL OR rolname = ANY (p_logins);
    INSERT INTO arm.sight (rolname, scopes, writable, everything, kinds, locked_until, revoked)
    SELECT a.rolname, ARRAY(SELECT g.scope FROM arm.grants g WHERE g.rolname = a.rolname),
           ARRAY(SELECT g.scope FROM arm.grants g WHERE g.rolname = a.rolname AND g.can_write),
           coalesce(a.active AND r.everything, false),
           CASE WHEN a.active AND r.role IS NOT NULL THEN r.kinds ELSE '{""}' END,
           a.locked_until,
           ARRAY(SELECT c.client FROM arm.client c WHERE c.org = a.org AND c.revoked_at IS NOT NULL)
    FROM arm.account a LEFT JOIN arm.role_reading r USING (role)
    WHERE p_logins IS NULL OR a.rolname = ANY (p_logins);
END
$$;

CREATE FUNCTION arm.sight_of_login() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.keep_sight(array_remove(ARRAY[
        CASE WHEN TG_OP <> 'INSERT' THEN OLD.rolname END,
        CASE WHEN TG_OP <> 'DELETE' THEN NEW.rolname END], NULL));
    RETURN NULL;
END
$$;

CREATE FUNCTION arm.sight_of_office() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_orgs int[] := ARRAY[CASE WHEN TG_OP <> 'INSERT' THEN OLD.org END,
                          CASE WHEN TG_OP <> 'DELETE' THEN NEW.org END];
BEGIN
    PERFORM arm.keep_sight(ARRAY(SELECT rolname FROM arm.account WHERE org = ANY (v_orgs)));
    RETURN NULL;
END
$$;

CREATE FUNCTION arm.sight_of_all() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.keep_sight(NULL);
    RETURN NULL;
END
$$;

CREATE TRIGGER sight AFTER INSERT OR UPDATE OR DELETE ON arm.grants
    FOR EACH ROW EXECUTE FUNCTION arm.sight_of_login();
CREATE TRIGGER sight AFTER INSERT OR DELETE OR UPDATE OF rolname, org, role, active, locked_until
    ON arm.account FOR EACH ROW EXECUTE FUNCTION arm.sight_of_login();
CREATE TRIGGER sight_revoked AFTER UPDATE OF client, org, revoked_at ON arm.client FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL OR NEW.revoked_at IS NOT NULL)
    EXECUTE FUNCTION arm.sight_of_office();
CREATE TRIGGER sight_new AFTER INSERT ON arm.client FOR EACH ROW
    WHEN (NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION arm.sight_of_office();
CREATE TRIGGER sight_gone AFTER DELETE ON arm.client FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION arm.sight_of_office();
CREATE TRIGGER sight_all AFTER INSERT OR UPDATE OR DELETE ON arm.role_reading
    FOR EACH STATEMENT EXECUTE FUNCTION arm.sight_of_all();

DO $$
DECLARE
    one        text;
    v_row      text := '
        scope = ANY ((SELECT CASE WHEN current_setting(''arm.relayed_scopes'', true) <> ''''
                             THEN arm.%I() ELSE s.%I END
                      FROM arm.sight s WHERE s.rolname = session_user)::int[])';
    v_seen     text := format(v_row, 'my_scopes', 'scopes');
    v_writable text := format(v_row, 'my_writable_scopes', 'writable');
BEGIN
    FOREACH one IN ARRAY ARRAY['grants', 'account', 'client', 'role_reading'] LOOP
        EXECUTE format('CREATE TRIGGER sight_emptied AFTER TRUNCATE ON arm.%I
            FOR EACH STATEMENT EXECUTE FUNCTION arm.sight_of_all()', one);
    END LOOP;
    -- Whatever is out of the ordinary – locked, revoked, relayed for somebody – goes by the
    -- functions, which raise EO010, EO011 and narrow what is relayed. A setting of the session can
    -- lead there, not past it: nobody gets more there than the row says.
    FOREACH one IN ARRAY ARRAY['doc', 'conflict', 'change'] LOOP
        EXECUTE format('ALTER POLICY seen ON arm.%I
            USING (scope = ANY ((SELECT CASE
                       WHEN s.locked_until > clock_timestamp()
                         OR current_setting(''arm.client'', true) = ANY (s.revoked)
                         OR current_setting(''arm.relayed_scopes'', true) <> ''''
                       THEN arm.my_admitted_scopes() ELSE s.scopes END
                       FROM arm.sight s WHERE s.rolname = session_user)::int[])
                   AND ((SELECT s.everything FROM arm.sight s WHERE s.rolname = session_user)
                        OR kind = ANY ((SELECT arm.my_kinds())::text[])))', one);
        EXECUTE format('ALTER POLICY worked ON arm.%I USING (%s)', one, v_seen);
        EXECUTE format('ALTER POLICY added ON arm.%I WITH CHECK (%s)', one, v_writable);
    END LOOP;
    FOREACH one IN ARRAY ARRAY['doc', 'conflict', 'scope_head'] LOOP
        EXECUTE format('ALTER POLICY written ON arm.%I USING (%s)', one, v_writable);
    END LOOP;
    EXECUTE format('ALTER POLICY seen ON arm.scope_head TO arm_person, arm_owner USING (%s)',
                   v_seen);
END
$$;

-- Of two indexes that cost the same the planner takes the newer one. A record asked for by its id
-- within a scope must go to the key, not through all of the scope.
DROP INDEX arm.doc_by_person;
CREATE UNIQUE INDEX doc_by_person ON arm.doc (scope, person, id);
DO $$
DECLARE
    v_key name := (SELECT conname FROM pg_constraint
                   WHERE conrelid = 'arm.doc'::regclass AND contype = 'p');
BEGIN
    EXECUTE format('ALTER TABLE arm.doc DROP CONSTRAINT %I, ADD PRIMARY KEY (id, scope)', v_key);
END
$$;
