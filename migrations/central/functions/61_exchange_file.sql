-- Relaying the edits of a workstation without a network. The relayer says for whom: from then on
-- their connection has the rights that both of them have, never more, so that nobody gains by handing
-- a file to a better-placed colleague.

-- Narrows this connection to what p_login may read too, or with p_writing may write too. Returns the
-- scopes that p_login may write and the caller may not: what lies in them must be relayed by somebody
-- else, or it would be refused for the wrong reason.
CREATE OR REPLACE FUNCTION sync_v1.relay_for(p_login text, p_writing boolean) RETURNS int[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_both   int[];
    v_beyond int[];
BEGIN
    PERFORM set_config('arm.relayed_scopes', '', false);
    PERFORM set_config('arm.relayed_for', p_login, true);
    SELECT coalesce(array_agg(theirs.scope) FILTER (WHERE mine.scope IS NOT NULL), '{}'),
           coalesce(array_agg(theirs.scope) FILTER (WHERE mine.scope IS NULL), '{}')
           -- of somebody we share nothing with, perhaps of another organisation, nothing is said
    INTO v_both, v_beyond
    FROM arm.grants theirs
    LEFT JOIN arm.grants mine ON mine.scope = theirs.scope AND mine.rolname = session_user
         AND (mine.can_write OR NOT p_writing)
    WHERE theirs.rolname = p_login AND (theirs.can_write OR NOT p_writing);
    PERFORM set_config('arm.relayed_for', '', true);
    PERFORM set_config('arm.relayed_scopes', v_both::text, false);
    RETURN CASE WHEN v_both = '{}' THEN '{}' ELSE v_beyond END;
END
$$;

-- Whether a login has a scope in common with the caller: scopes belong to one organisation each.
CREATE OR REPLACE FUNCTION arm.is_colleague(p_login text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_is boolean;
BEGIN
    PERFORM set_config('arm.relayed_for', p_login, true);
    SELECT EXISTS (SELECT 1 FROM arm.grants theirs JOIN arm.grants mine USING (scope)
                   WHERE theirs.rolname = p_login AND mine.rolname = session_user) INTO v_is;
    PERFORM set_config('arm.relayed_for', '', true);
    RETURN v_is;
END
$$;

-- The keys of this workstation, in the name of the login that asks; repeating changes nothing. A
-- workstation that was revoked gets no new ones.
CREATE OR REPLACE FUNCTION sync_v1.register_keys(
    p_client text, p_sign text, p_box text, p_login text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM arm.require_tls();
    PERFORM arm.admit(p_client);
    IF NOT EXISTS (SELECT 1 FROM arm.client WHERE client = p_client)
       OR NOT (p_login = session_user OR arm.is_colleague(p_login)) THEN
        RAISE EXCEPTION 'say hello first' USING ERRCODE = 'EO001';
    END IF;
    INSERT INTO arm.package_key (client, sign, box, rolname, org)
    VALUES (p_client, p_sign, p_box, p_login, arm.my_org()) ON CONFLICT DO NOTHING;
END
$$;

-- Keys of one's own organisation and of the centre.
CREATE OR REPLACE FUNCTION sync_v1.package_keys() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('client', client, 'sign', sign, 'box', box,
        'login', rolname, 'revoked', revoked_at IS NOT NULL) ORDER BY added_at), '[]')
    FROM arm.package_key
$$;

-- Who brought which operations of which workstation.
CREATE OR REPLACE FUNCTION sync_v1.note_relay(
    p_package text, p_client text, p_login text, p_first bigint, p_last bigint
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM arm.client WHERE client = p_client)
       OR NOT (p_login = session_user OR arm.is_colleague(p_login)) THEN
        RAISE EXCEPTION 'not of your organisation' USING ERRCODE = 'EF001';
    END IF;
    INSERT INTO arm.relay_log (package, client, login, relayer, org, first_cseq, last_cseq)
    VALUES (p_package, p_client, p_login, session_user, arm.my_org(), p_first, p_last);
END
$$;
