-- What each role may do, as provisioning reads it from resources/access/rights.toml; who is locked
-- out; which workstations were revoked.

-- role x kind x action; kind '' for a command that concerns no single kind
CREATE TABLE arm.role_right (
    role         text,
    kind         text,
    action       text,
    PRIMARY KEY (role, kind, action)
);

CREATE TABLE arm.role_reading (
    role         text PRIMARY KEY,
    kinds        text[] NOT NULL,
    everything   boolean NOT NULL
);

ALTER TABLE arm.account
    ADD COLUMN locked_until timestamptz,        -- 'infinity': until an administrator unlocks
    ADD COLUMN must_change boolean NOT NULL DEFAULT false;  -- the password is a temporary one

ALTER TABLE arm.client
    ADD COLUMN revoked_at timestamptz,
    ADD COLUMN revoked_why text;

ALTER TABLE arm.role_right ENABLE ROW LEVEL SECURITY;
ALTER TABLE arm.role_right FORCE ROW LEVEL SECURITY;
ALTER TABLE arm.role_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE arm.role_reading FORCE ROW LEVEL SECURITY;
CREATE POLICY admin ON arm.role_right TO arm_admin USING (true);
CREATE POLICY admin ON arm.role_reading TO arm_admin USING (true);
CREATE POLICY seen ON arm.role_right FOR SELECT USING (true); -- the rules are no secret
CREATE POLICY seen ON arm.role_reading FOR SELECT USING (true);
CREATE POLICY own_password ON arm.account FOR UPDATE TO arm_owner
    USING (rolname = session_user);
GRANT ALL ON arm.role_right, arm.role_reading TO arm_admin;
GRANT SELECT ON arm.role_right TO arm_person;

-- Errors of its own: EO010 this workstation was revoked, EO011 the account is locked. Raised, not
-- answered with nothing: a workstation that saw no rows would believe that there are none.
CREATE FUNCTION arm.admit(p_client text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_client text := coalesce(p_client, current_setting('arm.client', true));
BEGIN
    IF EXISTS (SELECT 1 FROM arm.account WHERE rolname = session_user
               AND locked_until > clock_timestamp()) THEN
        RAISE EXCEPTION 'account locked' USING ERRCODE = 'EO011';
    END IF;
    IF v_client <> '' AND EXISTS (SELECT 1 FROM arm.client WHERE client = v_client
                                        AND revoked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'workstation revoked' USING ERRCODE = 'EO010';
    END IF;
END
$$;

-- The functions below are asked once a statement, many times in a batch of operations: PL/pgSQL
-- keeps its plans for the session, a function in SQL would be planned anew each time.
CREATE OR REPLACE FUNCTION arm.my_scopes() RETURNS int[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(scope), '{}') FROM arm.grants WHERE rolname = session_user);
END
$$;

CREATE FUNCTION arm.my_admitted_scopes() RETURNS int[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.admit();
    RETURN arm.my_scopes();
END
$$;

CREATE FUNCTION arm.my_role() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT role FROM arm.account WHERE rolname = session_user AND active);
END
$$;

-- Whether this login's role includes an action, on records of a kind or as such.
CREATE FUNCTION arm.i_may(p_action text, p_kind text DEFAULT '') RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM arm.account a JOIN arm.role_right r USING (role)
                   WHERE a.rolname = session_user AND a.active
                     AND r.kind = p_kind AND r.action = p_action);
END
$$;

-- The kinds this login may read; '' is the kind of entries that concern no record.
CREATE FUNCTION arm.my_kinds() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT kinds FROM arm.role_reading WHERE role = arm.my_role()), '{""}');
END
$$;

CREATE FUNCTION arm.my_hidden_kinds() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_kinds text[] := arm.my_kinds();
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT kind ORDER BY kind), '{}') FROM arm.role_right
            WHERE kind <> ALL (v_kinds));
END
$$;

-- Most roles read every kind there is: asked once a statement, this spares the question per row.
CREATE FUNCTION arm.i_read_everything() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT everything FROM arm.account a JOIN arm.role_reading r USING (role)
                     WHERE a.rolname = session_user AND a.active), false);
END
$$;

-- What follows from the table of rights for reading, kept so that no statement need compute it.
CREATE FUNCTION arm.note_reading() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM arm.role_reading;
    INSERT INTO arm.role_reading (role, kinds, everything)
    SELECT role, array_agg(kind ORDER BY kind) || '{""}',
           count(*) = (SELECT count(DISTINCT kind) FROM arm.role_right WHERE kind <> '')
    FROM arm.role_right WHERE action = 'read' GROUP BY role;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_reading AFTER INSERT OR UPDATE OR DELETE ON arm.role_right
    FOR EACH STATEMENT EXECUTE FUNCTION arm.note_reading();

CREATE OR REPLACE FUNCTION arm.i_supervise() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT arm.i_may('supervise')
$$;

-- People read what their role may read. The functions of the exchange, which run in the name of
-- arm_owner and have asked arm.admit() and arm.permitted() themselves, see their scopes whole: they
-- chain the feed, settle conflicts and keep what is shared up to date, whoever pushes.
CREATE OR REPLACE FUNCTION arm.i_may_erase() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT arm.i_may('erase')
$$;

DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['doc', 'conflict', 'change'] LOOP
        EXECUTE format('DROP POLICY seen ON arm.%I', one);
        EXECUTE format('CREATE POLICY seen ON arm.%I FOR SELECT TO arm_person
            USING (scope = ANY ((SELECT arm.my_admitted_scopes())::int[])
                   AND ((SELECT arm.i_read_everything())
                        OR kind = ANY ((SELECT arm.my_kinds())::text[])))', one);
        EXECUTE format('CREATE POLICY worked ON arm.%I FOR SELECT TO arm_owner
            USING (scope = ANY ((SELECT arm.my_scopes())::int[]))', one);
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION arm.admit(text), arm.my_role(), arm.i_may(text, text), arm.my_kinds(),
    arm.my_admitted_scopes(), arm.my_hidden_kinds(), arm.i_read_everything() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION arm.admit(text), arm.my_role(), arm.i_may(text, text), arm.my_kinds(),
    arm.my_admitted_scopes(), arm.my_hidden_kinds(), arm.i_read_everything() TO arm_person, arm_admin;
