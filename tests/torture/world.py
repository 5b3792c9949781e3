"""A few workstations around a real centre, everything that can happen to them, and what must hold.

Every step is named by small numbers, so that Hypothesis can draw and shrink them and a seeded walk
can repeat them. Nothing here waits: seats, network and centre are moved one step at a time.
"""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from arm.centre_errors import ProgramTooOld
from arm.clock import FixedClock
from arm.model import SCHEMA, Note, Person, kinds
from arm.store.errors import DeletedForGood, NothingToUndo, ScopeIsReadOnly
from arm.store.operations import canonical
from arm.store.undo import undo_last
from arm.sync.resolve import ConflictIsSettled, Settlement, settle
from torture.ledger import (
    Complaint,
    centre_complaints,
    damaged,
    desk_complaints,
    kept_tokens,
    lost,
)
from torture.reference import Reference
from torture.seat import Crash, Line, Seat, line_for
from torture.stage import Stage

FIELDS = ("phone", "employer", "profession", "email")
LANGUAGES = ("ru", "uz", "tg")
RIGHTS = ("", "r", "w", "w")
PUSH = b"SELECT sync_v1.push(%s, %s, %s, %s::bigint[], %s::text[], %s::text[])"
ROUNDS = 4
"""Exchanges of everybody after which nothing may be left to do."""
START = datetime(2026, 7, 14, 9, 30, tzinfo=UTC)


class Broken(AssertionError):
    """Something that must always hold does not."""


@dataclass
class Push:
    """One ``push`` as it went out, to be delivered again later."""

    line: Line
    params: tuple[Any, ...]


@dataclass
class World:
    """One play on a stage."""

    stage: Stage
    folder: Path
    scopes: tuple[int, ...]
    seats: list[Seat]
    lines: list[Line]
    rights: dict[tuple[str, int], str]
    reference: Reference
    order: dict[str, int] = field(default_factory=dict)
    """Record id → place in the order of making: ids differ from run to run."""
    pushes: list[Push] = field(default_factory=list)
    clients: set[str] = field(default_factory=set)
    future: list[str] = field(default_factory=list)
    """Tokens of the newer program, which has no memory of its own to send them again from."""
    images: dict[int, list[str]] = field(default_factory=dict)
    centre_image: Reference | None = None
    turn: int = 0
    wrong: list[Complaint] = field(default_factory=list)
    statistics: dict[str, int] = field(default_factory=dict)

    # --- building and leaving

    @classmethod
    @contextmanager
    def play(
        cls,
        stage: Stage,
        lines: list[Line],
        empty_database: Path,
        scopes: int = 3,
        clocks: Callable[[int], datetime] = lambda _: START,
    ) -> Iterator[World]:
        """Seats for all lines, each of a person of its own, around new scopes."""
        numbers = stage.fresh_scopes(scopes)
        rights = {(login, scope): "w" for login in stage.logins for scope in numbers}

        with tempfile.TemporaryDirectory(prefix="world-") as folder:
            reference = Reference(lambda *key: rights.get(key, ""))
            world = cls(stage, Path(folder), numbers, [], lines, rights, reference)
            try:
                for place, line in enumerate(lines):
                    login = stage.logins[place]
                    clock = FixedClock(clocks(place))
                    seat = Seat(
                        login, line, Path(folder) / str(place), clock, numbers[place % scopes]
                    )
                    line.heard, line.twice = world._hearing(line, login), False
                    line.steps, line.amidst = seat.steps, None
                    world.seats.append(seat)
                    seat.open(empty_database)
                yield world
            finally:
                world.demand_version(1)
                for seat in world.seats:
                    with suppress(AttributeError):
                        seat.close()

    def _hearing(self, line: Line, login: str) -> Callable[[tuple[Any, ...], Any], None]:
        def heard(params: tuple[Any, ...], answer: dict[str, Any]) -> None:
            client, _, _, cseqs, texts, *_ = params
            self.clients.add(client)
            self.pushes.append(Push(line, params))
            said = dict(zip(cseqs, texts, strict=True))
            for result in answer["results"]:
                expected = self.reference.take(login, client, json.loads(said[result["cseq"]]))
                self.count(result["status"])
                if not _agree(expected, result):
                    what = f"{said[result['cseq']]} must be {expected}, is {result}"
                    self.wrong.append(Complaint("answer", what))

        return heard

    def count(self, what: str) -> None:
        self.statistics[what] = self.statistics.get(what, 0) + 1

    # --- what people do

    def _token(self, seat: int) -> str:
        self.turn += 1
        return f"t{seat}-{self.turn}-0"

    def _people(self, seat: int, *, deleted: bool = False) -> list[str]:
        rows = self.seats[seat].rows("SELECT id FROM person WHERE deleted = ?", int(deleted))
        return sorted((row[0] for row in rows), key=lambda one: self.order.get(one, 1 << 30))

    def _write(self, seat: int, work: Callable[[Any], None], token: str | None) -> None:
        store = self.seats[seat].store
        try:
            with store.write("Работа") as session:
                work(session)
        except ScopeIsReadOnly:
            self.count("read only")
            return
        for _, record_id in sorted(session.info["change_set"].records):
            self.order.setdefault(record_id, len(self.order))
        if token is not None:
            self.seats[seat].typed.append(token)
        self.count("edits")

    def add_person(self, seat: int, scope: int) -> None:
        token = self._token(seat)
        where = self.scopes[scope % len(self.scopes)]
        self._write(seat, lambda session: session.add(Person(surname=token, scope=where)), token)

    def add_note(self, seat: int, who: int) -> None:
        people = self._people(seat)
        if not people:
            return self.add_person(seat, who)
        token = self._token(seat)
        person = people[who % len(people)]

        def work(session: Any) -> None:
            scope = session.get_one(Person, person).scope
            session.add(Note(person_id=person, text=token, scope=scope))

        return self._write(seat, work, token)

    def edit(self, seat: int, who: int, name: int) -> None:
        people = self._people(seat)
        if not people:
            return self.add_person(seat, who)
        token = self._token(seat)
        person = people[who % len(people)]

        def work(session: Any) -> None:
            setattr(session.get_one(Person, person), FIELDS[name % len(FIELDS)], token)

        return self._write(seat, work, token)

    def languages(self, seat: int, who: int, which: int) -> None:
        people = self._people(seat)
        if not people:
            return self.add_person(seat, who)
        person = people[who % len(people)]

        def work(session: Any) -> None:
            session.get_one(Person, person).languages ^= {LANGUAGES[which % len(LANGUAGES)]}

        return self._write(seat, work, None)

    def delete(self, seat: int, who: int) -> None:
        people = self._people(seat)
        if people:
            one = people[who % len(people)]
            self._write(seat, lambda session: session.delete(session.get_one(Person, one)), None)

    def revive(self, seat: int, who: int) -> None:
        people = self._people(seat, deleted=True)
        if people:
            one = people[who % len(people)]
            self._write(
                seat, lambda session: setattr(session.get_one(Person, one), "deleted", False), None
            )

    def meet(self, seat: int, who: int, what: int) -> None:
        """Two people work on the same record before either has heard of the other."""
        other = (seat + 1) % len(self.seats)
        theirs = set(self._people(other))
        both = [one for one in self._people(seat) if one in theirs]
        if not both:
            return
        person = both[who % len(both)]
        first, second = ((seat, other), (other, seat))[what % 2]
        at_first, at_second = (self._people(one).index(person) for one in (first, second))
        if what < 5:
            self.edit(first, at_first, what)
            self.edit(second, at_second, what)
        elif what < 7:
            self.delete(first, at_first)
            self.edit(second, at_second, what)
        else:
            self.languages(first, at_first, what)
            self.languages(second, at_second, what + 1)
        self.sync(first)
        self.sync(second)
        self.sync(first)

    def move(self, seat: int, who: int, scope: int) -> None:
        """A case goes to another unit with all its papers."""
        people = self._people(seat)
        if people:
            one, there = people[who % len(people)], self.scopes[scope % len(self.scopes)]
            self._write(
                seat, lambda session: session.move(session.get_one(Person, one), there), None
            )
            self.count("moves")

    def undo(self, seat: int) -> None:
        with suppress(NothingToUndo, ScopeIsReadOnly, DeletedForGood):
            undo_last(self.seats[seat].store)
            self.count("undone")

    def settle(self, seat: int, which: int, choice: int) -> None:
        open_ones = self.seats[seat].rows(
            "SELECT id, doc_id, field, server_value, mine_value FROM conflict WHERE state = 'open'"
        )
        if not open_ones:
            return
        open_ones.sort(
            key=lambda row: (self.order.get(row[1], 1 << 30), *(one or "" for one in row[2:]))
        )
        conflict, _, name, theirs, mine = open_ones[which % len(open_ones)]
        token = self._token(seat)
        third = json.dumps(token) if name in FIELDS else mine
        value = json.loads((theirs, mine, third)[choice % 3] or "null")
        with suppress(ConflictIsSettled, ScopeIsReadOnly):
            settle(self.seats[seat].store, [Settlement(conflict, value)])
            if value == token:
                self.seats[seat].typed.append(token)
            self.count("settled")

    # --- exchanges and what goes wrong with them

    def sync(self, seat: int) -> None:
        self.seats[seat].engine.exchange()
        self.count("exchanges")
        self._see_what_waits(seat)

    def sync_saying_all_twice(self, seat: int) -> None:
        line = self.seats[seat].line
        line.twice = True
        try:
            self.sync(seat)
        finally:
            line.twice = False

    def crash_in_sync(self, seat: int, steps: int) -> None:
        if self.seats[seat].crash_in(steps, lambda: self.sync(seat)):
            self.count("crashes")

    def crash_in_edit(self, seat: int, steps: int, who: int) -> None:
        if self.seats[seat].crash_in(steps, lambda: self.edit(seat, who, steps)):
            self.count("crashes")

    def edit_amidst_sync(self, seat: int, question: int, who: int) -> None:
        """A person types while the exchange is under way."""
        line = self.seats[seat].line
        line.amidst = (question, lambda: self.edit(seat, who, question))
        try:
            self.sync(seat)
        finally:
            line.amidst = None

    def _see_what_waits(self, seat: int) -> None:
        """What was typed and waits to go is what the screen shows, whatever came meanwhile."""
        newest: dict[tuple[str, str, str], Any] = {}
        rows = self.seats[seat].rows("SELECT kind, doc_id, op FROM outbox ORDER BY cseq")
        for kind, record_id, text in rows:
            op = json.loads(text)
            for name, said in op["f"].items():
                if op["op"] in {"new", "set"} and isinstance(said.get("n"), str):
                    newest[kind, record_id, name] = said["n"]
        for (kind, record_id, name), value in newest.items():
            table = kinds()[kind].__tablename__
            shown = self.seats[seat].rows(f"SELECT {name} FROM {table} WHERE id = ?", record_id)
            if shown != [(value,)]:
                self.wrong.append(Complaint("screen", f"{record_id} {name}: {shown}, not {value}"))

    def deliver_with_another_past(self, seat: int) -> None:
        """An operation whose forerunner is not the one that the centre has."""
        here = self.seats[seat]
        self.edit(seat, 0, 0)
        rows = here.rows("SELECT cseq, scope, op FROM outbox ORDER BY cseq LIMIT 1")
        here.line.execute(b"SELECT sync_v1.hello(%s, 1, %s, '[]')", (here.store.client_id, SCHEMA))
        last = self.stage.admin.execute(
            "SELECT last_cseq FROM arm.client WHERE client = %s", (here.store.client_id,)
        ).fetchone()
        if not rows or last is None or rows[0][0] != last[0] + 1:
            return
        before = self._standing()
        op = canonical(json.loads(rows[0][2]) | {"prev": "0" * 64})
        params = (here.store.client_id, SCHEMA, rows[0][1], [rows[0][0]], [op], [here.login])
        here.line.execute(PUSH, params)
        self.pushes.pop()
        self.count("another past")
        if self._standing() != before:
            self.wrong.append(Complaint("twice", f"an operation of another past: {params[3]}"))

    def deliver_again(self, which: int) -> None:
        """A push of the past arrives once more, long after its answer."""
        if not self.pushes:
            return
        push = self.pushes[which % len(self.pushes)]
        before = self._standing()
        push.line.execute(PUSH, push.params)
        self.pushes.pop()
        self.count("delivered again")
        if self._standing() != before:
            self.wrong.append(Complaint("twice", f"a push delivered again: {push.params[3]}"))

    def deliver_out_of_order(self, seat: int) -> None:
        """What waits arrives without its beginning."""
        here = self.seats[seat]
        self.edit(seat, 0, 0)
        self.edit(seat, 1, 1)
        rows = here.rows("SELECT cseq, scope, op FROM outbox ORDER BY cseq")[1:]
        rows = [row for row in rows if row[1] == rows[0][1]]
        if not rows:
            return
        # the centre must know this workstation, or it refuses for another reason
        here.line.execute(b"SELECT sync_v1.hello(%s, 1, %s, '[]')", (here.store.client_id, SCHEMA))
        before = self._standing()
        params = (here.store.client_id, SCHEMA, rows[0][1], [row[0] for row in rows])
        params += ([row[2] for row in rows], [here.login] * len(rows))
        last = self.stage.admin.execute(
            "SELECT last_cseq FROM arm.client WHERE client = %s", params[:1]
        ).fetchone()
        if last is None or rows[0][0] <= last[0] + 1:
            return  # an answer was lost: the centre has them already
        here.line.execute(PUSH, params)
        self.pushes.pop()
        self.count("out of order")
        if self._standing() != before:
            self.wrong.append(Complaint("gap", f"taken out of order: {params[3]}"))

    def _standing(self) -> Any:
        """What the centre has, in a few words."""
        return self.stage.admin.execute(
            "SELECT (SELECT array_agg((scope, seq, hash) ORDER BY scope) FROM arm.scope_head"
            " WHERE scope = ANY (%s)), (SELECT count(*) FROM arm.rejected WHERE client = ANY (%s))",
            (list(self.scopes), list(self.clients)),
        ).fetchone()

    # --- what the world does to them

    def flip(self, seat: int, scope: int, right: int) -> None:
        """A right is given, narrowed or taken away."""
        key = (self.seats[seat].login, self.scopes[scope % len(self.scopes)])
        self.rights[key] = RIGHTS[right % len(RIGHTS)]
        self.stage.set_grant(*key, self.rights[key])
        self.count("flips")

    def jump(self, seat: int, days: int) -> None:
        """The machine's clock leaps, up to ten years either way."""
        self.seats[seat].clock.at = START + timedelta(days=days)
        self.count("jumps")

    def demand_version(self, oldest: int) -> None:
        self.stage.admin.execute("UPDATE arm.centre SET schema_min = %s", (oldest,))

    def sync_with_a_program_too_old(self, seat: int) -> None:
        """Everything typed still goes out; nothing comes in."""
        self.demand_version(99)
        try:
            self.sync(seat)
        except ProgramTooOld:
            waiting = self.seats[seat].rows("SELECT cseq FROM outbox")
            if waiting:
                self.wrong.append(Complaint("queue", f"too old, and keeps {waiting}"))
        else:
            self.wrong.append(Complaint("version", "a program too old was given changes"))
        finally:
            self.demand_version(1)
        self.count("too old")

    def edit_by_a_newer_program(self, seat: int, who: int) -> None:
        """A field that this version does not know, on a record that it does."""
        alive = [
            one
            for one, doc in self.reference.docs.items()
            if doc.kind == "person" and self.rights[self.seats[seat].login, doc.scope] == "w"
        ]
        if not alive:
            return
        alive.sort(key=lambda one: self.order.get(one, 1 << 30))
        record_id = alive[who % len(alive)]
        doc = self.reference.docs[record_id]
        token = self._token(seat)
        client = f"newer-{self.scopes[0]}-{self.turn}"
        line = self.seats[seat].line
        line.execute(b"SELECT sync_v1.hello(%s, 1, %s, '[]')", (client, SCHEMA))
        said = {"b": doc.fver.get("zz_newer", 0), "p": None, "o": doc.body.get("zz_newer")}
        op = {"cseq": 1, "prev": "", "id": record_id, "kind": "person", "op": "set"}
        op |= {"scope": doc.scope, "schema": SCHEMA, "at": "", "person": record_id}
        op |= {"f": {"zz_newer": said | {"n": token}}}
        line.execute(
            PUSH, (client, SCHEMA, doc.scope, [1], [canonical(op)], [self.seats[seat].login])
        )
        self.future.append(token)
        self.count("newer")

    def image(self, seat: int) -> None:
        """Somebody copies the disk."""
        here = self.seats[seat]
        here.copy_to(self.folder / f"image-{seat}")
        self.images[seat] = list(here.typed)
        self.count("images")

    def set_back(self, seat: int) -> None:
        """The copy is put back: what had not been sent since is gone with the disk, no more."""
        if seat not in self.images or self.centre_image is not None:
            return
        here = self.seats[seat]
        kept = kept_tokens(self.stage.admin, self.scopes, self.clients)
        image = self.images[seat]
        here.set_back(self.folder / f"image-{seat}")
        here.typed = image + [one for one in here.typed if one in kept and one not in set(image)]
        self.count("set back")

    def _kept_tables(self) -> list[tuple[str, str]]:
        """Tables that hold what a play writes, and by which column they belong to it."""
        return [
            (row[0], row[1])
            for row in self.stage.admin.execute(
                "SELECT c.relname, max(a.attname) FROM pg_class c JOIN pg_attribute a"
                " ON a.attrelid = c.oid AND a.attname IN ('scope', 'client') AND a.attnum > 0"
                " WHERE c.relnamespace = 'arm'::regnamespace AND c.relkind IN ('r', 'p')"
                " AND NOT c.relispartition AND c.relname NOT IN ('grants', 'scope_head')"
                " GROUP BY 1"
            )
        ]

    def image_of_the_centre(self) -> None:
        """Last night's backup. Not together with workstations set back: what a copy that became
        another workstation has sent, nobody remembers."""
        if self.statistics.get("set back"):
            return
        admin = self.stage.admin
        keys = {"scope": list(self.scopes), "client": list(self.clients)}
        for table, column in self._kept_tables():
            admin.execute(f"DROP TABLE IF EXISTS pg_temp.image_{table}")
            admin.execute(
                f"CREATE TEMP TABLE image_{table} AS SELECT * FROM arm.{table}"
                f" WHERE {column} = ANY (%s)",
                (keys[column],),
            )
        admin.execute("DROP TABLE IF EXISTS pg_temp.image_scope_head")
        admin.execute(
            "CREATE TEMP TABLE image_scope_head AS SELECT * FROM arm.scope_head"
            " WHERE scope = ANY (%s)",
            (keys["scope"],),
        )
        self.centre_image = deepcopy_of(self.reference)
        self.images.clear()

    def set_the_centre_back(self, new_epoch: int) -> None:
        """The backup is restored; workstations send again what it does not have."""
        if self.centre_image is None:
            return
        admin = self.stage.admin
        keys = {"scope": list(self.scopes), "client": list(self.clients)}
        with admin.transaction():
            admin.execute("SET LOCAL session_replication_role = replica")  # no triggers
            for table, column in self._kept_tables():
                admin.execute(f"DELETE FROM arm.{table} WHERE {column} = ANY (%s)", (keys[column],))
                admin.execute(
                    f"INSERT INTO arm.{table} OVERRIDING SYSTEM VALUE"
                    f" SELECT * FROM pg_temp.image_{table}"
                )
            admin.execute(
                "UPDATE arm.scope_head h SET seq = i.seq, hash = i.hash"
                " FROM pg_temp.image_scope_head i WHERE h.scope = i.scope"
            )
            if new_epoch % 2:
                admin.execute("UPDATE arm.centre SET feed_epoch = gen_random_uuid()")
        self.reference = deepcopy_of(self.centre_image)
        self.pushes.clear()
        self.future.clear()
        self.count("centre set back")

    # --- what must hold

    def check(self) -> list[Complaint]:
        """Everybody exchanges until there is nothing more to do; then all is compared."""
        admin, wrong = self.stage.admin, list(self.wrong)
        for _ in range(ROUNDS):
            for place in range(len(self.seats)):
                self.sync(place)
            if not self._somebody_waits():
                break
        for seat in self.seats:
            wrong += desk_complaints(admin, seat.login, seat.rows)
        wrong += centre_complaints(admin, self.scopes)
        typed = [token for seat in self.seats for token in seat.typed] + self.future
        wrong += lost(typed, kept_tokens(admin, self.scopes, self.clients))
        return wrong + self._differences()

    def _somebody_waits(self) -> bool:
        return any(
            one.sort == "queue"
            for seat in self.seats
            for one in desk_complaints(self.stage.admin, seat.login, seat.rows)
        )

    def _differences(self) -> list[Complaint]:
        """Where the centre's records are not what the rules make of the operations."""
        admin = self.stage.admin
        rows = admin.execute(
            "SELECT id, kind, scope, ver, deleted, body, fver FROM arm.doc WHERE scope = ANY (%s)",
            (list(self.scopes),),
        )
        theirs = {row[0]: row[1:] for row in rows}
        ours = {
            one: (doc.kind, doc.scope, doc.ver, doc.deleted, doc.body, doc.fver)
            for one, doc in self.reference.docs.items()
        }
        return [
            Complaint("rules", f"{one}: is {theirs.get(one)}, should be {ours.get(one)}")
            for one in theirs.keys() | ours.keys()
            if theirs.get(one) != ours.get(one)
        ]

    def demand_order(self) -> None:
        """Raise Broken with everything that is wrong."""
        wrong = self.check()
        wrong += [one for seat in self.seats for one in damaged(seat.rows)]
        if wrong:
            raise Broken("\n".join(map(str, wrong[:20])) + f"\n({len(wrong)} in all)")

    def fingerprint(self) -> str:
        """A hash of all that people can see, the same for the same acts whatever the clocks say."""
        seen: list[Any] = []
        for seat in self.seats:
            for kind, cls in sorted(kinds().items()):
                names = [c.name for c in cls.__table__.columns if "label" in c.info]
                query = f"SELECT id, ver, deleted, {', '.join(names)} FROM {cls.__tablename__}"
                seen += sorted(
                    [kind, *(self.order.get(value, value) for value in row)]
                    for row in map(list, seat.rows(query))
                )
            seen += sorted(
                [self.order.get(row[0], row[0]), *(one or "" for one in row[1:])]
                for row in seat.rows(
                    "SELECT doc_id, field, coalesce(base_value, ''), server_value, mine_value,"
                    " state FROM conflict"
                )
            )
        return hashlib.sha256(json.dumps(seen, default=str).encode()).hexdigest()


def deepcopy_of(reference: Reference) -> Reference:
    """The records and answers copied, the eyes shared."""
    return Reference(
        reference.right,
        deepcopy(reference.docs),
        dict(reference.answers),
        set(reference.left),
    )


def _agree(expected: str, result: dict[str, Any]) -> bool:
    status = result["status"]
    if result.get("again"):
        # a repetition is only told whether it was taken, disputed or refused
        fine = {"applied", "merged", "same", "conflict"}
        return status == expected or {status, expected} <= fine
    return bool(status == expected)


# --- a seeded walk


STEPS: tuple[tuple[int, str, tuple[int, ...]], ...] = (
    # weight, rule, how large its numbers may be (the first is the seat unless the rule has none)
    (3, "add_person", (3,)),
    (4, "add_note", (20,)),
    (32, "edit", (20, 4)),
    (8, "languages", (20, 3)),
    (8, "meet", (20, 9)),
    (6, "move", (20, 3)),
    (5, "delete", (20,)),
    (4, "revive", (20,)),
    (4, "undo", ()),
    (8, "settle", (8, 3)),
    (30, "sync", ()),
    (5, "sync_saying_all_twice", ()),
    (10, "crash_in_sync", (120,)),
    (4, "crash_in_edit", (20, 20)),
    (8, "edit_amidst_sync", (12, 20)),
    (4, "deliver_out_of_order", ()),
    (2, "deliver_with_another_past", ()),
    (5, "flip", (3, 4)),
    (3, "jump", (7_300,)),
    (2, "sync_with_a_program_too_old", ()),
    (3, "edit_by_a_newer_program", (20,)),
    (2, "image", ()),
    (2, "set_back", ()),
)
WORLDLY: tuple[tuple[int, str, tuple[int, ...]], ...] = (
    (4, "deliver_again", (200,)),
    (1, "image_of_the_centre", ()),
    (2, "set_the_centre_back", (2,)),
)


def walk(
    world: World,
    seed: int,
    steps: int,
    *,
    without: tuple[str, ...] = (),
    check_every: int = 0,
    clocks: random.Random | None = None,
    often: tuple[str, ...] = (),
) -> None:
    """So many steps drawn from ``seed``; raises Broken when something does not hold. With
    ``clocks`` every step finds some workstation's clock up to ten years off; steps of ``often``
    come eight times as often."""
    chance = random.Random(seed)
    seated = [one for one in STEPS if one[1] not in without]
    every = seated + [one for one in WORLDLY if one[1] not in without]
    weights = [one[0] * (8 if one[1] in often else 1) for one in every]
    for number in range(steps):
        (_, name, sizes) = chance.choices(every, weights)[0]
        numbers = [chance.randrange(size) for size in sizes]
        if name == "jump":
            numbers[0] -= 3_650
        seat = chance.randrange(len(world.seats))
        if clocks is not None:
            world.jump(clocks.randrange(len(world.seats)), clocks.randrange(-3_650, 3_651))
        with suppress(Crash):
            getattr(world, name)(*((seat, *numbers) if (_, name, sizes) in seated else numbers))
        if check_every and number % check_every == check_every - 1:
            world.demand_order()
    world.demand_order()


def open_lines(stage: Stage, count: int) -> list[Line]:
    """Lasting connections of the first so many people."""
    return [line_for(stage.centre, login) for login in stage.logins[:count]]
