-- Who may call what of the schema «share»; people reach it through sync_v1 only.

RESET ROLE;
SET LOCAL ROLE arm_sharer;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA share FROM PUBLIC;
GRANT EXECUTE ON FUNCTION share.hold_for_push(int, text[], int[]),
    share.after_push(int, text[], int[]), share.refusal(int, boolean, jsonb), share.keep_day(),
    share.ask(jsonb, text), share.answer(text), share.askable() TO arm_owner;
GRANT EXECUTE ON FUNCTION share.add_rule(jsonb), share.end_rule(int, date), share.hold_all(),
    share.register_scope(int), share.register_first() TO arm_admin;
RESET ROLE;
SET LOCAL ROLE arm_owner;
