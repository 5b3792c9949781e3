-- Which server this is, and in which line of its history. A standby that takes over begins a new
-- timeline, so the former primary, should it come back by itself, is known by a lower number.
CREATE OR REPLACE FUNCTION sync_v1.server_line() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object(
        'system', (SELECT system_identifier::text FROM pg_control_system()),
        'timeline', ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int,
        'epoch', (SELECT feed_epoch FROM arm.centre))
$$;
