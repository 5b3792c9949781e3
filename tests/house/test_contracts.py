"""Each import contract is broken on purpose in a copy of the tree: the check must say so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = {
    "The core in its order": ("arm/store/planted.py", "import arm.casework"),
    "The model imports nothing of ours": ("arm/model/planted.py", "import arm.store"),
    "The law knows no database": ("arm/law/planted.py", "import sqlalchemy"),
    "File formats know no database": ("arm/exchange/planted.py", "import arm.store"),
    "The core knows no screen": ("arm/casework/planted.py", "import PySide6"),
    "Forms know the model and the law only": ("forms/planted.py", "import arm.store"),
    "Screens in their order": ("ui/design/planted.py", "import ui.widgets"),
    "Widgets know no domain noun": ("ui/widgets/planted.py", "import arm.model"),
    "Screens reach the data through casework": ("ui/casefile/planted.py", "import arm.sync"),
    "Roles do not know each other": (
        "ui/workspaces/planted/__init__.py",
        "import ui.workspaces.center",
    ),
    "No cycles": ("arm/casework/planted.py", "import arm.casework.planted_too"),
}
ROOMS = ("arm", "ui", "forms")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("tree")
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def contracts(tree: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(tool), "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_house_as_it_stands_keeps_every_contract(tree: Path) -> None:
    done = contracts(tree)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_is_found(tree: Path, contract: str) -> None:
    place, line = PLANTED[contract]
    planted = [tree / place]
    planted[0].parent.mkdir(exist_ok=True)
    planted[0].write_text(f"{line}\n", encoding="utf-8")
    if contract == "No cycles":
        planted.append(tree / "arm/casework/planted_too.py")
        planted[1].write_text("import arm.casework.planted\n", encoding="utf-8")
    try:
        done = contracts(tree)
    finally:
        for file in planted:
            file.unlink()
        if planted[0].parent.name == "planted":
            planted[0].parent.rmdir()
    assert done.returncode != 0, f"«{contract}» did not notice"
    broken = [line for line in done.stdout.splitlines() if line.rstrip().endswith("BROKEN")]
    assert any(line.startswith(contract) for line in broken), done.stdout
