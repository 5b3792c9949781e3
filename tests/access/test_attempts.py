"""Wrong passwords in a row make the next one wait: the right one opens afterwards, never sooner."""

from __future__ import annotations

import os
import resource
from datetime import timedelta

import pytest

from arm.access.attempts import REMEMBERED, WAITS, Attempts
from arm.access.errors import TooManyAttempts, WrongPassword
from arm.access.keys import Cost, KeyFile, new_key
from arm.clock import FixedClock
from arm.password_change import change_password
from arm.places import Home
from arm.store.errors import DiskFull

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
PASSWORD = "синий-трамвай"
WRONG = "чужой-пароль"
LONGEST = timedelta(seconds=max(WAITS))
FREE = WAITS.index(5)
"""Wrong passwords without a wait: anybody slips."""


@pytest.fixture
def desk(home: Home, clock: FixedClock) -> Home:
    """A home with one person."""
    dek = new_key()
    keys = opened(home, clock)
    keys.create(dek)
    keys.add_person("smirnova", PASSWORD, dek)
    return home


def opened(home: Home, clock: FixedClock) -> KeyFile:
    """The key file as a program that has just started sees it."""
    return KeyFile(home.keys, CHEAP, Attempts(home.attempts, clock))


def left(home: Home, clock: FixedClock, login: str = "smirnova") -> int:
    return Attempts(home.attempts, clock).wait(login)


def fail(home: Home, clock: FixedClock, times: int, login: str = "smirnova") -> list[int]:
    """That many wrong passwords, each as soon as it is tried; the waits they were answered with."""
    waits = []
    for _ in range(times):
        clock.advance(timedelta(seconds=left(home, clock, login)))
        try:
            opened(home, clock).unlock(login, WRONG)
        except TooManyAttempts as error:
            waits.append(error.seconds)
        except WrongPassword:
            waits.append(0)
    return waits


@pytest.mark.parametrize("login", ["smirnova", "nobody"])
def test_each_wrong_password_makes_the_next_wait_longer_up_to_a_quarter_of_an_hour(
    desk: Home, clock: FixedClock, login: str
) -> None:
    """An unknown login waits as long: nobody learns so which logins there are."""
    assert fail(desk, clock, 12, login) == [0, 0, 0, 5, 15, 30, 60, 120, 300, 900, 900, 900]


def test_while_it_lasts_not_even_the_right_password_opens(desk: Home, clock: FixedClock) -> None:
    fail(desk, clock, FREE + 1)
    clock.advance(timedelta(seconds=4))
    with pytest.raises(TooManyAttempts) as told:
        opened(desk, clock).unlock("smirnova", PASSWORD)
    assert told.value.seconds == 1
    clock.advance(timedelta(seconds=1))
    assert opened(desk, clock).unlock("smirnova", PASSWORD)


def test_a_try_during_the_wait_does_not_prolong_it(desk: Home, clock: FixedClock) -> None:
    fail(desk, clock, len(WAITS))
    for _ in range(14):
        clock.advance(timedelta(minutes=1))
        with pytest.raises(TooManyAttempts):
            opened(desk, clock).unlock("smirnova", WRONG)
    clock.advance(timedelta(minutes=1))
    assert opened(desk, clock).unlock("smirnova", PASSWORD)


def test_the_right_password_clears_the_count(desk: Home, clock: FixedClock) -> None:
    fail(desk, clock, FREE)
    opened(desk, clock).unlock("smirnova", PASSWORD)
    assert fail(desk, clock, FREE) == [0] * FREE


def test_a_new_password_by_the_recovery_phrase_need_not_wait(desk: Home, clock: FixedClock) -> None:
    keys = opened(desk, clock)
    dek = keys.unlock("smirnova", PASSWORD)
    fail(desk, clock, len(WAITS))
    keys.add_person("smirnova", "тихая гавань у моря", dek)
    assert opened(desk, clock).unlock("smirnova", "тихая гавань у моря") == dek


def test_one_persons_slips_do_not_hold_up_a_colleague(desk: Home, clock: FixedClock) -> None:
    keys = opened(desk, clock)
    keys.add_person("petrov", "другой-пароль", keys.unlock("smirnova", PASSWORD))
    fail(desk, clock, len(WAITS))
    assert left(desk, clock, "petrov") == 0
    assert opened(desk, clock).unlock("petrov", "другой-пароль")
    assert left(desk, clock) == max(WAITS)


def test_failures_are_forgotten_a_day_later(desk: Home, clock: FixedClock) -> None:
    fail(desk, clock, len(WAITS))
    clock.advance(REMEMBERED)
    assert fail(desk, clock, FREE + 1) == [0] * FREE + [5]


@pytest.mark.parametrize("years", [1, 10])
def test_a_clock_set_back_begins_the_wait_anew_once(
    desk: Home, clock: FixedClock, years: int
) -> None:
    fail(desk, clock, len(WAITS))
    clock.advance(timedelta(minutes=14) - timedelta(days=365 * years))
    assert left(desk, clock) == max(WAITS)  # not sooner, and not ten years later
    clock.advance(LONGEST - timedelta(seconds=1))
    assert left(desk, clock) == 1
    clock.advance(timedelta(seconds=1))
    assert opened(desk, clock).unlock("smirnova", PASSWORD)


def test_a_failure_noted_in_the_far_future_locks_nobody_out(desk: Home, clock: FixedClock) -> None:
    clock.advance(timedelta(days=3650))
    fail(desk, clock, len(WAITS))
    clock.advance(-timedelta(days=3650))
    assert left(desk, clock) == max(WAITS)
    clock.advance(LONGEST)
    assert opened(desk, clock).unlock("smirnova", PASSWORD)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b'"smirnova"',
        b'{"smirnova": 9}',
        b'{"smirnova": {"count": "many", "last": "2026-07-14T09:30:00+00:00"}}',
        b'{"smirnova": {"count": 0, "last": "2026-07-14T09:30:00+00:00"}}',
        b'{"smirnova": {"count": 1e999, "last": "2026-07-14T09:30:00+00:00"}}',
        b'{"smirnova": {"count": 9, "last": "2026-07-14T09:30:00"}}',
        b'{"smirnova": {"count": 9, "last": "yesterday"}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_no_failures_and_is_written_anew(
    desk: Home, clock: FixedClock, content: bytes
) -> None:
    desk.attempts.write_bytes(content)
    assert left(desk, clock) == 0
    assert fail(desk, clock, FREE + 1) == [0] * FREE + [5]


def test_a_missing_file_is_no_failures(desk: Home, clock: FixedClock) -> None:
    fail(desk, clock, len(WAITS))
    desk.attempts.unlink()
    assert opened(desk, clock).unlock("smirnova", PASSWORD)


def test_an_absurd_count_waits_no_longer_than_the_longest(desk: Home, clock: FixedClock) -> None:
    last = clock.now().isoformat()
    desk.attempts.write_text(f'{{"smirnova": {{"count": {10**30}, "last": "{last}"}}}}')
    assert left(desk, clock) == max(WAITS)


def test_a_full_disk_shuts_nobody_out_and_spoils_no_count(desk: Home, clock: FixedClock) -> None:
    fail(desk, clock, FREE)
    before = desk.attempts.read_bytes()
    child = os.fork()
    if child == 0:
        os._exit(_try_where_files_stop_at_once(desk, clock))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert desk.attempts.read_bytes() == before
    assert not desk.attempts.with_name("attempts.json.part").exists()


def _try_where_files_stop_at_once(desk: Home, clock: FixedClock) -> int:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    keys = opened(desk, clock)
    with pytest.raises(DiskFull):  # the limit is real
        keys.begin_change("smirnova", PASSWORD, "тихая гавань у моря")
    with pytest.raises(WrongPassword):
        keys.unlock("smirnova", WRONG)
    return 0 if keys.unlock("smirnova", PASSWORD) else 1


def test_the_old_password_of_a_change_cannot_be_guessed_faster(
    desk: Home, clock: FixedClock
) -> None:
    """An unlocked screen is no way round the wait."""
    for _ in range(FREE):
        with pytest.raises(WrongPassword):
            change_password(desk, None, "smirnova", WRONG, "тихая гавань у моря")
    with pytest.raises(TooManyAttempts):
        change_password(desk, None, "smirnova", WRONG, "тихая гавань у моря")
    with pytest.raises(TooManyAttempts):
        change_password(desk, None, "smirnova", PASSWORD, "тихая гавань у моря")


def test_the_file_is_for_its_owner_and_holds_no_password(desk: Home, clock: FixedClock) -> None:
    fail(desk, clock, 2)
    assert desk.attempts.stat().st_mode & 0o777 == 0o600
    assert WRONG not in desk.attempts.read_text("utf-8")
