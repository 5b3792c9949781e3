-- Who may call what. The last file: a function made without a word here is nobody's.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA arm, sync_v1 FROM PUBLIC;
GRANT USAGE ON SCHEMA sync_v1 TO arm_person;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA sync_v1 TO arm_person;
GRANT EXECUTE ON FUNCTION arm.my_scopes(), arm.my_writable_scopes(), arm.my_org(),
    arm.i_supervise(), arm.require_tls(), arm.instant(timestamptz), arm.document_json(arm.doc),
    arm.document_for(arm.doc, int), arm.downcast_doc(jsonb, int), arm.register_client(text, int),
    arm.keep_day(), arm.admit_session(text), arm.on_chain(int, bigint, text),
    arm.withheld_entries(int, bigint, int) TO arm_person;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA arm TO arm_admin;
GRANT EXECUTE ON FUNCTION arm.my_writable_scopes(), arm.my_org(), arm.instant(timestamptz),
    arm.sha256_hex(text),
    arm.append_change(int, text, text, text, int, jsonb, text, text, bigint, text) TO arm_sharer;
