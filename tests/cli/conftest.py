"""One small demonstration for all commands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arm.central.embedded import EmbeddedCentral
from arm.cli.main import main

PERSONS = 60


class Command:
    """Runs ``arm`` in this process and keeps what it said."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture
        self.code = 0

    def __call__(self, *words: str) -> str:
        self.capture.readouterr()
        self.code = main(words)
        said = self.capture.readouterr()
        self.errors = said.err
        return said.out

    def json(self, *words: str) -> Any:
        """The answer as one JSON document."""
        return json.loads(self(*words, "--json"))


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("demonstration")
    os.environ["ARM_HOME"] = str(home)
    try:
        assert main(("demo", "--persons", str(PERSONS))) == 0
    finally:
        del os.environ["ARM_HOME"]
    yield home
    EmbeddedCentral(home / "central").stop()


@pytest.fixture
def arm(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.setenv("ARM_HOME", str(demonstration))
    return Command(capsys)
