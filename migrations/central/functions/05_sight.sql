-- Who asks and what they may. In PL/pgSQL, which keeps its plans for the session: a function in SQL
-- would be planned anew in each statement that a policy calls it from.

CREATE OR REPLACE FUNCTION arm.my_writable_scopes() RETURNS int[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(scope), '{}') FROM arm.grants
            WHERE rolname = session_user AND can_write);
END
$$;

CREATE OR REPLACE FUNCTION arm.my_org() RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT org FROM arm.account WHERE rolname = session_user AND active);
END
$$;

CREATE OR REPLACE FUNCTION arm.i_supervise() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN arm.i_may('supervise');
END
$$;

CREATE OR REPLACE FUNCTION arm.i_may_erase() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN arm.i_may('erase');
END
$$;

CREATE OR REPLACE FUNCTION arm.my_kinds() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT kinds FROM arm.sight WHERE rolname = session_user), '{""}');
END
$$;

CREATE OR REPLACE FUNCTION arm.i_read_everything() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce((SELECT everything FROM arm.sight WHERE rolname = session_user), false);
END
$$;

-- Nearly everybody reads everything: the table of rights need not be gone through at each greeting.
CREATE OR REPLACE FUNCTION arm.my_hidden_kinds() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_kinds text[] := arm.my_kinds();
BEGIN
    IF arm.i_read_everything() THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(DISTINCT kind ORDER BY kind), '{}') FROM arm.role_right
            WHERE kind <> ALL (v_kinds));
END
$$;
