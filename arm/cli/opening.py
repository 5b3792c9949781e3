"""How a command opens the workstation: which home, which person, which password."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from arm.errors import ExpectedError
from arm.password_file import DEMONSTRATION_PASSWORD, password_from_file
from arm.places import Home, home_from_environment
from arm.profile import Account, Profile, read_profile
from arm.workstation import Workstation, open_workstation


class PasswordNeeded(ExpectedError):
    """No password at hand and nobody to ask."""

    code = "password_needed"
    title = "Нужен пароль"
    advice = "Запустите команду в терминале или укажите файл с паролем в ARM_PASSWORD_FILE"


class PasswordsDiffer(ExpectedError):
    """Typed twice, not alike."""

    code = "passwords_differ"
    title = "Пароли не совпали"
    advice = "Повторите и наберите оба раза одинаково"


class AccountUnknown(ExpectedError):
    """This login can't sign in on this workstation."""

    code = "account_unknown"
    title = "На этом рабочем месте нет учётной записи «{login}»"
    advice = "Есть: {known}. Выберите другую через --login"


def add_login(parser: argparse.ArgumentParser) -> None:
    """The options that every command with a workstation shares."""
    parser.add_argument("--login", help="учётная запись; по умолчанию первая на рабочем месте")
    add_json(parser)


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json``: the answer as one JSON document."""
    parser.add_argument("--json", action="store_true", help="ответ одним документом JSON")


def count(text: str) -> int:
    """A number that argparse refuses if it is below zero."""
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def ask_password(prompt: str, *, demonstration: bool = False) -> str:
    """From the file, from the demonstration, or typed without echo. Raises PasswordNeeded."""
    from_file = password_from_file()
    if from_file is not None:
        return from_file
    if demonstration:
        return DEMONSTRATION_PASSWORD
    if not sys.stdin.isatty():
        raise PasswordNeeded
    return getpass.getpass(f"{prompt}: ")


def ask_new_password(prompt: str) -> str:
    """A new password: in ``ARM_NEW_PASSWORD_FILE``, or typed twice without echo.

    Raises PasswordNeeded, PasswordsDiffer.
    """
    named = os.environ.get("ARM_NEW_PASSWORD_FILE")
    if named:
        return Path(named).read_text("utf-8-sig").rstrip("\r\n")
    if not sys.stdin.isatty():
        raise PasswordNeeded
    typed = getpass.getpass(f"{prompt}: ")
    if getpass.getpass(f"{prompt} ещё раз: ") != typed:
        raise PasswordsDiffer
    return typed


def choose_account(profile: Profile, login: str | None) -> Account:
    """The named account, or the first one. Raises AccountUnknown."""
    wanted = login or os.environ.get("ARM_LOGIN")
    account = profile.account(wanted) if wanted else next(iter(profile.accounts), None)
    if account is None:
        known = ", ".join(a.login for a in profile.accounts) or "никого"
        raise AccountUnknown(login=wanted or "", known=known)
    return account


def open_here(arguments: argparse.Namespace) -> Workstation:
    """Open the workstation of ``ARM_HOME`` for the chosen person."""
    home: Home = home_from_environment()
    profile = read_profile(home.profile)
    account = choose_account(profile, arguments.login)
    password = ask_password(f"Пароль ({account.full_name})", demonstration=profile.demonstration)
    return open_workstation(home, account.login, password)
