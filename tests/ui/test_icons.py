"""Icons: every name in the code has a picture, and no picture ships that nothing names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "resources" / "icons"
PAINTERS = {"icon": 0, "pixmap": 0, "paint_icon": 1, "set_icon": 0, "set_trailing": 0}
"""Which argument names the icon where the parameter has another name."""

Call = tuple[str, int]


@cache
def trees() -> list[tuple[Path, ast.Module]]:
    return [
        (path, ast.parse(path.read_text("utf-8")))
        for room in ("ui", "arm")
        for path in (ROOT / room).rglob("*.py")
    ]


def places(tree: ast.Module) -> Iterator[Call]:
    """Functions and classes that take an icon, and as which argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            fields = [
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            ]
            made = [part for part in node.body if getattr(part, "name", "") == "__init__"]
            for part in made:
                assert isinstance(part, ast.FunctionDef)
                fields = [argument.arg for argument in part.args.args[1:]]
            if "icon" in fields:
                yield node.name, fields.index("icon")
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    names = [argument.arg for argument in part.args.args[1:]]
                    if "icon" in names:
                        yield part.name, names.index("icon")
        elif isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args]
            if "icon" in names and names[0] != "self":
                yield node.name, names.index("icon")


def words(value: ast.expr) -> Iterator[str]:
    """The literals an icon argument may come to."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from words(value.body)
        yield from words(value.orelse)
    elif isinstance(value, ast.BoolOp):
        for part in value.values:
            yield from words(part)


def tabled(tree: ast.Module) -> Iterator[str]:
    """Icons in tables by kind (``_PAPER_ICONS``), alone or before a colour."""
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Dict):
            continue
        if getattr(node.targets[0], "id", "").endswith("ICONS"):
            for value in node.value.values:
                yield from words(value.elts[0] if isinstance(value, ast.Tuple) else value)


def named() -> dict[str, set[str]]:
    """Icon → files that ask for it."""
    takes = defaultdict(set, {name: {at} for name, at in PAINTERS.items()})
    for _, tree in trees():
        for name, at in places(tree):
            takes[name].add(at)
    found: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees():
        for word in tabled(tree):
            found[word].add(path.name)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = takes.get(called, set())
            asked = [keyword.value for keyword in node.keywords if keyword.arg == "icon"]
            if len(at) == 1:  # a name with two signatures is known by its keyword only
                asked += node.args[min(at) : min(at) + 1]
            for value in asked:
                for word in words(value):
                    found[word].add(path.name)
    return found


def test_every_icon_that_is_asked_for_has_a_picture() -> None:
    wanted = named()
    assert len(wanted) > 60  # the search itself works
    assert {
        name: files for name, files in wanted.items() if not (FOLDER / f"{name}.svg").is_file()
    } == {}


def test_no_picture_ships_that_nothing_names() -> None:
    literals = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {path.stem for path in FOLDER.glob("*.svg")} - literals == set()
