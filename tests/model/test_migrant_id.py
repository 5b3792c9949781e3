"""Migrant ID: made offline, typed by hand, checked at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arm.model.migrant_id import check, make, normalise

ids = st.builds(
    make,
    st.integers(0, 99).map("{:02d}".format),
    st.integers(0, 9_999),
    st.integers(0, 999_999),
)


def test_the_form_people_see() -> None:
    made = make("63", 12, 45)
    assert made.startswith("63-0012-000045")
    assert len(made) == 15
    assert check(made)


@given(ids, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(made: str, place: int, shift: int) -> None:
    digits = list(made.replace("-", ""))
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert not check("".join(digits))


@given(ids, st.integers(0, 11))
def test_two_digits_swapped_are_noticed(made: str, place: int) -> None:
    digits = list(made.replace("-", ""))
    swapped = digits.copy()
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    assert check("".join(swapped)) is (swapped == digits)


@given(ids)
def test_however_it_is_typed(made: str) -> None:
    bare = made.replace("-", "")
    for typed in (bare, made.replace("-", " "), f" {made} ", made.replace("-", "–")):
        assert normalise(typed) == made
        assert check(typed)


@given(st.text(max_size=20))
def test_other_text_is_no_id(text: str) -> None:
    if not any(c.isdigit() for c in text):
        assert not check(text)
        assert normalise(text) == text.strip()


@pytest.mark.parametrize(
    ("region", "workstation", "counter"),
    [("6", 1, 1), ("6x", 1, 1), ("63", 10_000, 1), ("63", 1, 1_000_000), ("63", -1, 1)],
)
def test_numbers_that_do_not_fit_are_refused(region: str, workstation: int, counter: int) -> None:
    with pytest.raises(ValueError, match=r"region|range"):
        make(region, workstation, counter)
