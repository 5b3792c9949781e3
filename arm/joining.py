"""A person of the centre comes to a computer: a new workstation, or one more account on it."""

from __future__ import annotations

from arm.central.connect import connect_to_any
from arm.central.membership import Membership, membership
from arm.errors import ExpectedError
from arm.places import Home
from arm.profile import Account, Centre, Profile, read_profile
from arm.workstation import add_account, create_workstation


class OtherOrganisation(ExpectedError):
    """Who works for another organisation must not get at the records that are here."""

    code = "other_organisation"
    title = "«{login}» работает в другой организации, а здесь записи организации {office}"
    advice = "Подключите эту учётную запись на компьютере её организации"


def join(
    home: Home, centre: Centre, login: str, password: str, *, demonstration: bool = False
) -> str | None:
    """Make a workstation for a person whom the centre knows; returns the recovery phrase, None
    where records were taken up again.

    Raises CentreUnreachable, WrongCentrePassword, TlsRequired, RecordsClosed.
    """
    known = _known(centre, login, password)
    profile = Profile(known.office, (_account(known),), centre, demonstration, known.people)
    return create_workstation(home, profile, login, password)


def join_too(home: Home, login: str, password: str, by_login: str, by_password: str) -> None:
    """Let one more person of the office sign in on this workstation, or give a new password to
    one who does. Raises OtherOrganisation."""
    profile = read_profile(home.profile)
    if profile.centre is None:
        raise ValueError("the workstation has no centre")
    known = _known(profile.centre, login, password)
    if all(one.scope != known.scope for one in profile.accounts):
        raise OtherOrganisation(login=login, office=profile.office.short_name)
    add_account(home, _account(known), password, by_login, by_password)


def _known(centre: Centre, login: str, password: str) -> Membership:
    with connect_to_any(centre.servers, centre.database, login, password) as connection:
        return membership(connection)


def _account(known: Membership) -> Account:
    return Account(known.login, known.full_name, known.role, known.scope)
