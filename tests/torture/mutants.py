# ruff: noqa: E501, ISC004
"""Mistakes that somebody could make in the protocol, one small patch each. Every one must be caught.

A patch names a regular expression, not a line: it is looked for in the functions of the centre (as
PostgreSQL has them) or in the source of one Python function, and the mutant is void, which fails as
loudly as being missed, if the text is no longer there.
"""

from __future__ import annotations

import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import psycopg

Admin = psycopg.Connection[Any]


class Void(AssertionError):
    """The text that a mutant changes is not there."""


@dataclass(frozen=True)
class Mutant:
    """``check``: which test is asked first: walk, race, oracle, tampering, repair or another."""

    name: str
    check: str = "walk"
    functions: tuple[tuple[str, str], ...] = ()
    """In the text of the centre's functions: what, by what."""
    statements: tuple[tuple[str, str], ...] = ()
    """For the administrator: a statement and the one that takes it back."""
    policies: tuple[tuple[str, str, str], ...] = ()
    """Table, policy, what it asks from now on."""
    python: tuple[tuple[str, str, str], ...] = ()
    """«module:function», what, by what."""
    often: tuple[str, ...] = ()
    """Steps of a walk that are likely to meet it."""

    @contextmanager
    def at_work(self, admin: Admin) -> Iterator[None]:
        """The mistake is made inside the block, in the centre and in this process."""
        with ExitStack() as leaving:
            for what, by in self.functions:
                leaving.enter_context(_changed_functions(admin, what, by))
            for table, name, using in self.policies:
                leaving.enter_context(_loosened(admin, table, name, using))
            for made, mended in self.statements:
                admin.execute(made.encode())
                leaving.callback(admin.execute, mended.encode())
            for place, patches in self.by_function().items():
                leaving.enter_context(_changed_python(place, patches))
            yield

    def by_function(self) -> dict[str, list[tuple[str, str]]]:
        """What is changed in each Python function."""
        found: dict[str, list[tuple[str, str]]] = {}
        for place, what, by in self.python:
            found.setdefault(place, []).append((what, by))
        return found


@contextmanager
def _changed_functions(admin: Admin, what: str, by: str) -> Iterator[None]:
    whole = [
        row[0]
        for row in admin.execute(
            "SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.prokind = 'f'"
            " AND pronamespace IN ('arm'::regnamespace, 'sync_v1'::regnamespace)"
        )
    ]
    pattern = re.compile(what, re.DOTALL)
    found = [text for text in whole if pattern.search(text)]
    if not found:
        raise Void(what)
    for text in found:
        admin.execute(pattern.sub(lambda _: by, text).encode())
    try:
        yield
    finally:
        for text in found:
            admin.execute(text.encode())


@contextmanager
def _changed_python(place: str, patches: list[tuple[str, str]]) -> Iterator[None]:
    module_name, _, path = place.partition(":")
    module = importlib.import_module(module_name)
    found: Any = module
    for name in path.split("."):
        found = getattr(found, name)
    function = inspect.unwrap(found)
    assert isinstance(function, FunctionType)
    source = textwrap.dedent(inspect.getsource(function))
    for what, by in patches:
        source = _patched(source, what, by)
    scope: dict[str, Any] = {}
    flags = function.__code__.co_flags & 0x1000000  # from __future__ import annotations
    code = compile(source[source.index("def ") :], place, "exec", flags=flags, dont_inherit=True)
    exec(code, module.__dict__, scope)  # without decorators
    (fresh,) = scope.values()
    before = function.__code__
    function.__code__ = fresh.__code__  # whoever imported the function by name has it too
    try:
        yield
    finally:
        function.__code__ = before


def _patched(source: str, what: str, by: str) -> str:
    """Further lines of a replacement are indented as its first is."""

    def indented(match: re.Match[str]) -> str:
        line = source[source.rfind("\n", 0, match.start()) + 1 :]
        return by.replace("\n", "\n" + line[: len(line) - len(line.lstrip(" "))])

    changed, times = re.subn(what, indented, source, flags=re.DOTALL)
    if not times:
        raise Void(what)
    return changed


@contextmanager
def _loosened(admin: Admin, table: str, name: str, using: str) -> Iterator[None]:
    """A policy asks this from now on, and afterwards what it asked before."""
    (before,) = admin.execute(
        "SELECT qual FROM pg_policies WHERE schemaname = 'arm' AND (tablename, policyname)"
        " = (%s, %s)",
        (table, name),
    ).fetchall()
    admin.execute(f"ALTER POLICY {name} ON arm.{table} USING ({using})".encode())
    try:
        yield
    finally:
        admin.execute(f"ALTER POLICY {name} ON arm.{table} USING ({before[0]})".encode())


_QUEUE = "arm.sync.queue"
_ENGINE = "arm.sync.engine:SyncEngine"
_NOT_SENT = """with self.store.merge() as early:
    raw_of(early).executemany("DELETE FROM outbox WHERE cseq = ?", [(c,) for c in batch.cseqs])
return wire.push("""
_CURSOR_FIRST = """with store.merge() as early:
    raw_of(early).executemany("UPDATE cursor SET seq = ?, hash = ? WHERE scope = ?",
        [(c["seq"], c["hash"], c["scope"]) for c in said["changes"]])
with store.merge() as session:
    raw_of(session).executemany("UPDATE cursor SET seq = ?, hash = ? WHERE scope = ?",
        [(s, h, c) for c, (s, h) in held.items()])"""
_CURSOR_HELD = """held = {r[0]: r[1:] for r in raw_of(session).execute("SELECT * FROM cursor")}
cursors = dict("""
_PLACE_FIRST = """with load.store.merge("load") as early:
    load.note(early, page.last, loaded, total)
with load.store.merge("load") as session:"""

MUTANTS = (
    # --- the centre: who is let in, once, and in which order
    Mutant(
        "no idempotency key", often=("sync_saying_all_twice", "deliver_again",),
        functions=(
            (r"p_cseqs\[i\] <= v_client\.last_cseq", "false"),
            (r"p_cseqs\[i\] <> v_client\.last_cseq \+ 1", "false"),
            (r"v_op->>'prev' IS DISTINCT FROM \w+\.last_op_hash", "false"),
        ),
    ),
    Mutant(
        "prev hash unchecked", often=("deliver_with_another_past",),
        functions=((r"v_op->>'prev' IS DISTINCT FROM \w+\.last_op_hash", "false"),),
    ),
    Mutant(
        "gaps in the queue accepted", often=("deliver_out_of_order",),
        functions=(
            (r"p_cseqs\[i\] <> v_client\.last_cseq \+ 1", "false"),
            (r"v_op->>'prev' IS DISTINCT FROM \w+\.last_op_hash", "false"),
        ),
    ),
    Mutant(
        "number of the feed without a lock",
        "race",
        functions=((r"(?<=FROM arm\.scope_head WHERE scope = p_scope) FOR UPDATE", ""),),
    ),
    Mutant(
        "right to write not asked for", often=("flip",),
        functions=(
            (r"WHERE rolname = session_user AND can_write", "WHERE rolname = session_user"),
            (r"WHERE g\.rolname = a\.rolname AND g\.can_write", "WHERE g.rolname = a.rolname"),
        ),
    ),
    # --- the centre: how edits meet
    Mutant("versions of fields ignored", often=("meet",), functions=((r"v_stale := v_ver <> [^;]+;", "v_stale := false;"),)),
    Mutant(
        "a conflict drops the later value", often=("meet",),
        functions=((r"v_disputed := v_disputed \|\| jsonb_build_object\(v_field, v_now\);", ""),),
    ),
    Mutant(
        "refused operations dropped", often=("flip",),
        functions=((r"v_result->>'status' IN \('denied', 'invalid'\)", "false"),),
    ),
    Mutant(
        "a deletion goes over an edit", often=("meet", "delete",),
        functions=((r"IF EXISTS \((?=\s+SELECT 1 FROM jsonb_each\(p_doc\.fver\))", "IF false AND EXISTS ("),),
    ),
    Mutant(
        "an edit of a deleted record is swallowed", often=("meet", "delete",),
        functions=((r"IF v_doc\.deleted AND p_doc\.deleted AND v_delta <> '\{\}' THEN", "IF false THEN"),),
    ),
    Mutant(
        "a set forgets removals", often=("languages",),
        functions=((r"jsonb_array_elements_text\(coalesce\(p_rem, '\[\]'\)\)", "jsonb_array_elements_text('[]')"),),
    ),
    Mutant(
        "a set takes the last writer's members", often=("languages", "meet",),
        functions=((r"CASE jsonb_typeof\(p_now\) WHEN 'array' THEN p_now ELSE '\[\]' END\) AS member", "'[]'::jsonb) AS member"),),
    ),
    Mutant(
        "versions of fields not raised",
        functions=((r"jsonb_object_agg\(key, p_doc\.ver \+ 1\)(?=\s+FROM jsonb_object_keys\(p_delta\))", "jsonb_object_agg(key, p_doc.ver)"),),
    ),
    Mutant(
        "the version of the record not raised",
        functions=((r"ver = p_doc\.ver \+ 1,\s+body = p_doc\.body \|\|", "ver = p_doc.ver, body = p_doc.body ||"),),
    ),
    Mutant(
        "a settled conflict is not told", often=("meet", "settle",),
        functions=((r"PERFORM arm\.append_change\(v_conflict\.scope, v_conflict\.doc_id, v_conflict\.kind, 'R'[^;]+;", "NULL;"),),
    ),
    Mutant(
        "conflicts keep standing against an old value", often=("meet", "settle",),
        functions=((r"ELSIF v_conflict\.server_value IS DISTINCT FROM p_value THEN", "ELSIF false THEN"),),
    ),
    # --- the centre: the feed
    Mutant(
        "an entry is not chained to the one before",
        functions=((r"concat_ws\('\|', v_head\.hash, p_scope", "concat_ws('|', '', p_scope"),),
    ),
    Mutant(
        "the feed in another order",
        functions=((r"ORDER BY page\.scope, page\.seq", "ORDER BY page.scope, page.seq DESC"),),
    ),
    Mutant("the feed skips one", functions=((r"e\.seq > held\.seq", "e.seq > held.seq + 1"),)),
    # --- the centre: who sees what
    Mutant("records seen by all", "oracle", policies=(("doc", "seen", "true"),)),
    Mutant("the feed seen by all", "oracle", policies=(("change", "seen", "true"),)),
    Mutant("conflicts seen by all", "oracle", policies=(("conflict", "seen", "true"),)),
    Mutant("scopes seen by all", "oracle", policies=(("scope_head", "seen", "true"),)),
    Mutant("accounts seen by all", "oracle", policies=(("account", "colleagues", "true"),)),
    Mutant(
        "refused edits seen by the whole office",
        "oracle",
        policies=(("rejected", "seen", "org = (SELECT arm.my_org())"),),
    ),
    Mutant(
        "a right taken away is not noticed by the policies",
        "oracle",
        statements=(
            (
                "ALTER TABLE arm.grants DISABLE TRIGGER sight",
                "ALTER TABLE arm.grants ENABLE TRIGGER sight; SELECT arm.keep_sight(NULL)",
            ),
        ),
    ),
    Mutant(
        "a function runs as the administrator",
        "oracle",
        statements=(
            (
                "ALTER FUNCTION sync_v1.open_conflicts(int) SECURITY DEFINER;"
                " ALTER FUNCTION sync_v1.open_conflicts(int) OWNER TO CURRENT_USER",
                "ALTER FUNCTION sync_v1.open_conflicts(int) SECURITY INVOKER;"
                " ALTER FUNCTION sync_v1.open_conflicts(int) OWNER TO arm_owner",
            ),
        ),
    ),
    Mutant(
        "people may read the parts of a table",
        "oracle",
        statements=(
            (
                "DO $$ DECLARE p regclass; BEGIN FOR p IN SELECT inhrelid FROM pg_inherits WHERE"
                " inhparent = 'arm.doc'::regclass LOOP EXECUTE format('ALTER TABLE %s DISABLE ROW"
                " LEVEL SECURITY', p); EXECUTE format('GRANT SELECT ON %s TO arm_person', p);"
                " END LOOP; END $$",
                "DO $$ DECLARE p regclass; BEGIN FOR p IN SELECT inhrelid FROM pg_inherits WHERE"
                " inhparent = 'arm.doc'::regclass LOOP"
                " EXECUTE format('REVOKE SELECT ON %s FROM arm_person', p);"
                " END LOOP; END $$",
            ),
        ),
    ),
    # --- the workstation: sending
    Mutant(
        "the queue is emptied before the answer", often=("crash_in_sync",),
        python=((f"{_ENGINE}._send", r"return wire\.push\(", _NOT_SENT),),
    ),
    Mutant(
        "one more than acknowledged leaves the queue", often=("edit_amidst_sync",),
        python=((f"{_QUEUE}:_settle", r'"DELETE FROM outbox WHERE cseq = \?", \(cseq,\)', '"DELETE FROM outbox WHERE cseq <= ?", (cseq + 1,)'),),
    ),
    Mutant(
        "sent again from one too late", often=("image_of_the_centre", "set_the_centre_back",),
        python=((f"{_QUEUE}:_send_again", r"\(last,\)", "(last + 1,)"),),
    ),
    Mutant(
        "a copy of a workstation is not noticed", often=("image", "set_back",),
        python=((f"{_QUEUE}:agree_on_queue", r"agreed = [^\n]+", "agreed = True"),),
    ),
    Mutant(
        "a program too old keeps its queue", often=("sync_with_a_program_too_old",),
        python=((f"{_ENGINE}._exchange", r"(?=sent\b[^\n]*= self\._push)", "if hello.schema_min > SCHEMA:\n    raise ProgramTooOld()\n"),),
    ),
    Mutant(
        "the cursor is saved before the rows", often=("crash_in_sync", "meet",),
        python=(
            (f"{_ENGINE}._pull", r"with store\.merge\(\) as session:", _CURSOR_FIRST),
            (f"{_ENGINE}._pull", r"cursors = dict\(", _CURSOR_HELD),
        ),
    ),
    Mutant(
        "the place of a first load is saved before its page", "loading",
        python=(("arm.sync.first_load:_keep_page", r'with load\.store\.merge\("load"\) as session:', _PLACE_FIRST),),
    ),
    Mutant(
        "what waits is overwritten on the screen", often=("edit_amidst_sync",),
        python=(("arm.sync.documents:_take_over_kind", r"elif doc\.id in waiting:", "elif False:"),),
    ),
    Mutant(
        "what waits takes the version of what came", often=("edit_amidst_sync", "meet",),
        # the centre looks at the value as well: it must believe the version for this to matter
        functions=((r"\s+OR \(p_op->>'op' = 'set' AND v_said \? 'o' AND v_now <> v_said->'o'\)", ""),),
        python=(("arm.sync.documents:_take_over_around", r"versions \|= [^\n]+", "versions = json.loads(doc.fver)"),),
    ),
    Mutant(
        "a right taken away leaves its records", often=("flip",),
        python=((f"{_ENGINE}._let_go", r"forget_scope\(session, scope, touched\)", "pass"),),
    ),
    Mutant(
        "a first load keeps what is gone", often=("image_of_the_centre", "set_the_centre_back",),
        python=(("arm.sync.first_load:_finish", r"forget_scope\(session, scope, touched, unseen=True\)", "pass"),),
    ),
    Mutant(
        "a centre set back is not noticed", often=("image_of_the_centre", "set_the_centre_back",),
        python=((f"{_ENGINE}._prepare_scopes", r"doubting = [^\n]+", "doubting = restored"),),
    ),
    Mutant(
        "the epoch of the feed is ignored",
        "repair",
        python=((f"{_ENGINE}._prepare_scopes", r"restored = [^\n]+", "restored = False"),),
    ),
    Mutant(
        "the chain is not checked",
        "tampering",
        python=(("arm.sync.feed:_check_chain", r"if seq != before \+ 1 or change\[\"hash\"\] != entry_hash\(change, chain\):", "if False:"),),
    ),
    Mutant(
        "conflicts in the feed are passed over", often=("meet",),
        python=(("arm.sync.feed:keep_conflict", r'(?=deciding = \()', "if said:\n    return\n"),),
    ),
    Mutant(
        "a refusal leaves the value on the screen", often=("flip",),
        python=((f"{_QUEUE}:acknowledge", r"forget_unknown\(", "(lambda *_: None)("),),
    ),
)  # fmt: skip

QUICK = (
    "no idempotency key",
    "versions of fields ignored",
    "the feed skips one",
    "records seen by all",
    "the queue is emptied before the answer",
    "the chain is not checked",
)
"""Those that continuous integration has time for; ``ARM_MUTANTS=all`` runs every one."""


def become(name: str | None) -> ExitStack:
    """Make this process make the mistake of that name, as far as it is one of the workstation,
    for as long as the answer is kept."""
    kept = ExitStack()
    for mutant in MUTANTS:
        if mutant.name == name:
            for place, patches in mutant.by_function().items():
                kept.enter_context(_changed_python(place, patches))
    return kept
