-- Who may do what with an operation, and what of the feed a role does not get to read.
-- EO010 this workstation was revoked, EO011 the account is locked, EO012 the password is a
-- temporary one.

-- What an operation would do to a record: one of the actions of the table of rights.
CREATE OR REPLACE FUNCTION arm.action_of(p_doc arm.doc, p_op jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE p_op->>'op'
        WHEN 'new' THEN CASE WHEN p_doc.id IS NULL THEN 'make' ELSE 'change' END
        WHEN 'del' THEN 'delete'
        WHEN 'resolve' THEN 'settle'
        ELSE CASE WHEN p_op->'f' ? 'deleted' THEN 'delete' ELSE 'change' END
    END
$$;

-- Whether the role of this login lets it do that. Who made a record may also take it back or mend
-- it as long as nobody else has touched it: that is how «Отменить» works for those who may only add.
CREATE OR REPLACE FUNCTION arm.permitted(p_doc arm.doc, p_op jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_kind   text := coalesce(p_doc.kind, p_op->>'kind');
    v_action text := arm.action_of(p_doc, p_op);
BEGIN
    IF arm.i_may(v_action, v_kind) THEN
        RETURN true;
    END IF;
    RETURN p_doc.id IS NOT NULL AND v_action IN ('change', 'delete') AND arm.i_may('make', v_kind)
        AND NOT EXISTS (SELECT 1 FROM arm.change
                        WHERE scope = p_doc.scope AND id = p_doc.id AND actor <> session_user)
        AND EXISTS (SELECT 1 FROM arm.change
                    WHERE scope = p_doc.scope AND id = p_doc.id AND op = 'N');
END
$$;

-- Entries about records that this login's role does not read, without what they say: the chain of
-- the feed has no holes for anybody, and a workstation can still verify it.
CREATE OR REPLACE FUNCTION arm.withheld_entries(p_scope int, p_after bigint, p_max int)
RETURNS SETOF arm.change
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_kinds text[] := arm.my_kinds();
    v_entry arm.change;
BEGIN
    FOR v_entry IN
        SELECT * FROM arm.change WHERE scope = p_scope AND seq > p_after
            AND kind <> ALL (coalesce(v_kinds, '{""}')) ORDER BY seq LIMIT p_max
    LOOP
        v_entry.delta := NULL;
        v_entry.salt := NULL;
        RETURN NEXT v_entry;
    END LOOP;
END
$$;

-- Whether an entry of a scope of this login has this hash, whatever kind it is about.
CREATE OR REPLACE FUNCTION arm.on_chain(p_scope int, p_seq bigint, p_hash text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM arm.change
                   WHERE scope = p_scope AND seq = p_seq AND hash = p_hash)
$$;

-- A workstation greets: neither it nor the account may be shut out. Remembered for the session.
CREATE OR REPLACE FUNCTION arm.admit_session(p_client text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.admit(p_client);
    IF EXISTS (SELECT 1 FROM arm.account WHERE rolname = session_user AND must_change) THEN
        RAISE EXCEPTION 'temporary password' USING ERRCODE = 'EO012';
    END IF;
    PERFORM set_config('arm.client', p_client, false);
END
$$;

-- Called in the same transaction as the person's own ALTER ROLE … PASSWORD.
CREATE OR REPLACE FUNCTION sync_v1.password_changed() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE arm.account SET must_change = false WHERE rolname = session_user;
END
$$;
