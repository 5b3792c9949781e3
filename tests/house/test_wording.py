"""What rooms that may not import each other must say alike."""

from __future__ import annotations

from arm.casework.labels import CODED
from forms.catalogue import all_forms


def test_history_names_each_form_as_the_catalogue_does() -> None:
    assert CODED["issued_form", "form"] == {form.id: form.title for form in all_forms()}
