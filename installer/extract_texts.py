"""Lists the Russian texts of the program that have no English yet.

Collected are all Russian literals of ``ui/`` (docstrings and log lines aside) and the ``title``
and ``advice`` of expected errors: more than is wrapped in ``t("…")`` by hand, so that nothing
slips through. Texts built with f-strings cannot be translated and are listed with ``--pieces``.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "resources" / "translations" / "en.toml"
SCREENS = "ui"
CORE = ("arm", "forms")
UNTRANSLATED = {"ui/widgets/gallery.py"}
"""The sheet of parts shows the design's own Russian samples."""
UNTRANSLATED_FOLDERS = ("ui/tour/",)
"""The tour types Russian as a person would."""

_RUSSIAN = re.compile("[а-яёА-ЯЁ]")
_LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
_ERROR_WORDS = {"title", "advice"}


def literals_of_screen(tree: ast.AST) -> Iterator[str]:
    """Russian literals that a person may see."""
    passed_over = _docstrings(tree) | _inside(tree, ast.JoinedStr) | _log_texts(tree)
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            continue
        if id(node) not in passed_over and _RUSSIAN.search(node.value):
            yield node.value


def texts_of_errors(tree: ast.AST) -> Iterator[str]:
    """``title`` and ``advice`` of the error classes."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for line in node.body:
            target: ast.expr | None = line.target if isinstance(line, ast.AnnAssign) else None
            if isinstance(line, ast.Assign):
                target = line.targets[0]
            value = line.value if isinstance(line, ast.AnnAssign | ast.Assign) else None
            if (
                isinstance(target, ast.Name)
                and target.id in _ERROR_WORDS
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
                and value.value
            ):
                yield value.value


def pieces_of_f_strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Russian words inside f-strings: (line, piece)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if isinstance(part, ast.Constant) and _RUSSIAN.search(str(part.value)):
                    yield node.lineno, str(part.value)


def _docstrings(tree: ast.AST) -> set[int]:
    """Ids of constants that are statements of their own."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _inside(tree: ast.AST, kind: type[ast.AST]) -> set[int]:
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, kind)
        for part in node.values  # type: ignore[attr-defined]  # JoinedStr has values
    }


def _log_texts(tree: ast.AST) -> set[int]:
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _LOG_METHODS
        for part in node.args
    }


def _modules(folder: str) -> Iterator[tuple[str, ast.AST]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name not in UNTRANSLATED and not name.startswith(UNTRANSLATED_FOLDERS):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def all_texts() -> dict[str, str]:
    """Text → the first module it is found in."""
    found: dict[str, str] = {}
    for name, tree in _modules(SCREENS):
        for text in literals_of_screen(tree):
            found.setdefault(text, name)
    for folder in CORE:
        for name, tree in _modules(folder):
            for text in texts_of_errors(tree):
                found.setdefault(text, name)
    return found


def known_texts() -> dict[str, str]:
    """What the English table has."""
    if not TABLE.is_file():
        return {}
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {key: value for key, value in table.items() if isinstance(value, str)}


def missing_texts() -> dict[str, str]:
    """Texts without English, and where they are."""
    known = known_texts()
    return {text: where for text, where in all_texts().items() if not known.get(text)}


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.replace("\u00a0", "\\u00a0")


def main() -> int:
    """Print the missing lines in the table's own form; exit 1 with ``--check`` if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 when texts are missing")
    parser.add_argument("--pieces", action="store_true", help="list Russian inside f-strings")
    arguments = parser.parse_args()
    write = sys.stdout.write
    if arguments.pieces:
        for name, tree in _modules(SCREENS):
            for line, piece in pieces_of_f_strings(tree):
                write(f"{name}:{line}: {piece}\n")
        return 0
    missing, where = missing_texts(), ""
    for text, module in missing.items():
        if module != where:
            where = module
            write(f"\n# {module}\n")
        write(f'{_quoted(text)} = ""\n')
    write(f"\n# {len(missing)} missing of {len(all_texts())}\n")
    return 1 if arguments.check and missing else 0


if __name__ == "__main__":
    sys.exit(main())
