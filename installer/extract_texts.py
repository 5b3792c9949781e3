"""Compares the Russian texts of the program with ``resources/translations/en.toml``.

Collected are: all Russian literals of ``ui/`` (more than is wrapped in ``t("…")`` by hand, so that
nothing slips through), title and advice of expected errors, field labels and record names of the
model, all texts of the core modules in :data:`SPOKEN`, and the names and rules in ``resources/``
and in the forms. A text that the core fills is collected as its template: ``f"въезд {day(on)}"``
is «въезд {day}». The three forms of a counted word are one key: «день|дня|дней».
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "resources" / "translations" / "en.toml"

SCREENS = (
    "ui/design", "ui/widgets", "ui/tables", "ui/shell", "ui/workspaces", "ui/casefile", "ui",
)  # fmt: skip
CORE = ("arm", "forms")
SILENT = ("ui/tour/", "ui/widgets/gallery.py")
"""The tour types Russian as a person would; the sheet of parts shows the design's own samples."""
SPOKEN = (
    "arm/access/backups.py",
    "arm/access/passwords.py",
    "arm/casework/",
    "arm/exchange/mrz.py",
    "arm/law/calendar.py",
    "arm/law/deadlines.py",
    "arm/law/events.py",
    "arm/law/explanation.py",
    "arm/law/planner.py",
    "arm/law/stay.py",
    "arm/store/search.py",
    "arm/store/undo.py",
    "arm/sync/refusals.py",
    "arm/sync/resolve.py",
    "forms/kit/check.py",
)
"""Modules of the core whose finished sentences the screens show."""
UNSPOKEN = (
    "arm/casework/demonstration.py",
    "arm/casework/demonstration_partners.py",
    "arm/casework/lists.py",
    "arm/casework/roster_import.py",
)
"""Invented names; headings of sheets and remarks on rosters, which stay Russian."""
LAW = (
    "calendar", "controlled", "employer", "hiring", "medical", "patent", "personal", "registration",
    "relocation", "retention", "stay", "steps", "study",
)  # fmt: skip
"""Tables in ``resources/law`` that explain terms; those of sums are printed on Russian papers."""
REFERENCE = ("countries", "document_types", "languages", "purposes", "regions", "routes")

_RUSSIAN = re.compile("[а-яёА-ЯЁ]")
_PLACE = re.compile(r"\{(\w+)\}")
_ROW = re.compile(r"(.+), строка \d+")
_COUNTED = re.compile(r"Шаг \d+|\d+ месяц\w*")
_NUMBER = re.compile(r"\d+")
_LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
_TEXT_WORK = {
    "replace", "startswith", "endswith", "strip", "maketrans", "compile", "fullmatch", "split",
    "sub", "add_argument", "ArgumentParser",
}  # fmt: skip
"""Calls whose Russian literals are letters to work on, or words of the command line."""
_COUNTING = {"counted", "plural"}
_ERROR_WORDS = {"title", "advice"}
_MOST_VARIANTS = 8


def literals(tree: ast.AST) -> Iterator[str]:
    """Russian texts that a person may see: literals, counted words, templates of f-strings."""
    passed_over = _docstrings(tree) | _arguments(tree, _LOG_METHODS | _TEXT_WORK) | _compared(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in _COUNTING:
            forms = [part for part in node.args if isinstance(part, ast.Constant)]
            words = [str(part.value) for part in forms if _is_russian(part)]
            if len(words) == 3:
                passed_over |= {id(part) for part in forms}
                yield "|".join(words)
        elif isinstance(node, ast.JoinedStr):
            passed_over |= {id(part) for part in node.values}
            passed_over |= {id(part) for part in _formats(node)}
            if id(node) not in passed_over:
                yield from (text for text in _templates(node) if _said(text))
        elif _is_russian(node) and id(node) not in passed_over:
            assert isinstance(node, ast.Constant)
            if len(_RUSSIAN.findall(str(node.value))) > 1 or "{" in str(node.value):
                yield str(node.value)


def texts_of_errors(tree: ast.AST) -> Iterator[str]:
    """``title`` and ``advice`` of classes: expected errors, kinds of records."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        for line in node.body:
            target: ast.expr | None = line.target if isinstance(line, ast.AnnAssign) else None
            if isinstance(line, ast.Assign):
                target = line.targets[0]
            value = line.value if isinstance(line, ast.AnnAssign | ast.Assign) else None
            if isinstance(target, ast.Name) and target.id in _ERROR_WORDS and _is_russian(value):
                assert isinstance(value, ast.Constant)
                yield str(value.value)


def labels_of_fields(tree: ast.AST) -> Iterator[str]:
    """The first argument of the model's ``field("Телефон", …)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "field" and node.args:
            first = node.args[0]
            if _is_russian(first):
                assert isinstance(first, ast.Constant)
                yield str(first.value)


def pieces_of_f_strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Russian words inside f-strings, which a screen could not translate: (line, piece)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part in node.values:
                if _is_russian(part):
                    assert isinstance(part, ast.Constant)
                    yield node.lineno, str(part.value)


def _is_russian(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _RUSSIAN.search(node.value) is not None
    )


def _said(template: str) -> bool:
    """Whether fixed letters remain by which the template is known again."""
    return _RUSSIAN.search(_PLACE.sub("", template)) is not None


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _templates(node: ast.JoinedStr) -> Iterator[str]:
    """The sentence with named places; a choice of two literals gives two sentences."""
    names: list[str] = []
    parts = [_alternatives(part, names) for part in node.values]
    variants = 1
    for part in parts:
        variants *= len(part)
    if variants <= _MOST_VARIANTS:
        yield from ("".join(words) for words in product(*parts))


def _alternatives(part: ast.expr, names: list[str]) -> list[str]:
    if isinstance(part, ast.Constant):
        return [str(part.value)]
    assert isinstance(part, ast.FormattedValue)
    inner = part.value
    if isinstance(inner, ast.IfExp):
        both = (inner.body, inner.orelse)
        if all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in both):
            return [str(one.value) for one in both if isinstance(one, ast.Constant)]
    name = _name_of(inner)
    names.append(name)
    again = names.count(name)
    return [f"{{{name}{again if again > 1 else ''}}}"]


def _formats(node: ast.JoinedStr) -> Iterator[ast.AST]:
    """The «%d.%m.%Y» of a place, which is an f-string of its own."""
    for part in node.values:
        if isinstance(part, ast.FormattedValue) and part.format_spec is not None:
            yield from ast.walk(part.format_spec)


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id.strip("_")
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_")
    if isinstance(node, ast.Call):
        return _name_of(node.func)
    return _name_of(node.value) if isinstance(node, ast.Subscript) else "value"


def _docstrings(tree: ast.AST) -> set[int]:
    """Ids of constants that are statements of their own."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _arguments(tree: ast.AST, names: set[str]) -> set[int]:
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) in names
        for argument in [*node.args, *(word.value for word in node.keywords)]
        for part in ast.walk(argument)
    }


def _compared(tree: ast.AST) -> set[int]:
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        for part in ast.walk(side)
    }


def _modules(folder: str) -> Iterator[tuple[str, ast.AST]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(SILENT):
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def _of_resources() -> Iterator[tuple[str, str]]:
    """(text, room) of rules, names and forms kept as TOML."""
    for name in LAW:
        found = _values(_toml(f"resources/law/{name}.toml"), {"text", "note", "act", "source"})
        yield from ((text, "resources.law") for text in found)
    for path in sorted((ROOT / "resources/law").glob("*.toml")):
        found = _values(_toml(path.relative_to(ROOT).as_posix()), {"title", "note"})
        yield from ((text, "resources.law") for text in found)
    yield from ((title, "arm.law") for title in _titles_of_rules())
    for name in REFERENCE:
        found = _values(_toml(f"resources/reference/{name}.toml"), {"name", "title", "caption"})
        yield from ((text, "resources.reference") for text in found)
    for text in _values(_toml("resources/access/rights.toml"), {"title", "place", "short", "why"}):
        yield text, "resources.access"
    wanted = {"label", "title", "subtitle", "group", "draft", "choices", "act"}
    for path in sorted((ROOT / "forms").rglob("*.toml")):
        read = _toml(path.relative_to(ROOT).as_posix())
        if path.name != "wording.toml":
            read.pop("tables", None)
            for text in _values(read, wanted):
                yield from ((piece, "forms") for piece in pieces_of_label(text))


def _titles_of_rules() -> Iterator[str]:
    """The second word of each ``Rule(…)``; what the rules ask for is only said on the command
    line."""
    for call in ast.walk(ast.parse((ROOT / "arm/law/catalogue.py").read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Rule":
            title = call.args[1]
            if isinstance(title, ast.Constant) and isinstance(title.value, str):
                yield title.value


def pieces_of_label(label: str) -> list[str]:
    """«Отрывная часть: дом», «Документ, строка 3», «Шаг 3» are known by their pieces."""
    found: list[str] = []
    for piece in label.split(": "):
        row = _ROW.fullmatch(piece)
        if row is not None:
            found += [row.group(1), "{label}, строка {number}"]
        else:
            found.append(_NUMBER.sub("{number}", piece) if _COUNTED.fullmatch(piece) else piece)
    return found


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def _values(read: object, wanted: set[str], key: str = "") -> Iterator[str]:
    """Russian texts under the wanted keys, at any depth."""
    if isinstance(read, Mapping):
        for name, value in read.items():
            yield from _values(value, wanted, name)
    elif isinstance(read, list):
        for value in read:
            yield from _values(value, wanted, key)
    elif isinstance(read, str) and key in wanted and _RUSSIAN.search(read):
        yield read


def _room(module: str) -> str:
    parts = module.removesuffix(".py").split("/")
    return ".".join(parts[: 3 if parts[:2] == ["ui", "workspaces"] else 2])


@cache  # reads the whole program
def all_texts() -> Mapping[str, str]:
    """Text → the first room it is found in."""
    found: dict[str, str] = {}
    collect: Callable[[ast.AST], Iterator[str]]
    for folder in SCREENS:
        for module, tree in _modules(folder):
            for text in literals(tree):
                found.setdefault(text, _room(module))
    for folder in CORE:
        for module, tree in _modules(folder):
            spoken = module.startswith(SPOKEN) and module not in UNSPOKEN
            model = module.startswith("arm/model/")
            for collect, wanted in (
                (literals, spoken), (labels_of_fields, model), (texts_of_errors, True),
            ):  # fmt: skip
                for text in collect(tree) if wanted else ():
                    found.setdefault(text, _room(module))
    for text, room in _of_resources():
        found.setdefault(text, room)
    return MappingProxyType(found)


def known_texts() -> dict[str, str]:
    """What the English table has, empty entries too."""
    if not TABLE.is_file():
        return {}
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {key: value for key, value in table.items() if isinstance(value, str)}


def missing_texts() -> dict[str, str]:
    """Texts without English, and where they are."""
    known = known_texts()
    return {text: room for text, room in all_texts().items() if not _covered(text, known)}


def _covered(text: str, known: Mapping[str, str]) -> bool:
    """Known as it stands, or (without places) with the first letter in the other case."""
    if known.get(text):
        return True
    other = text[0].upper() if text[0].islower() else text[0].lower()
    return bool(known.get(other + text[1:])) and not set("{|") & set(text)


def stale_texts() -> list[str]:
    """Entries that no text of the program asks for any more."""
    wanted = all_texts()
    return [text for text in known_texts() if text not in wanted]


def untranslatable() -> list[str]:
    """Russian inside f-strings of the screens: «module:line: piece»."""
    return [
        f"{module}:{line}: {piece}"
        for module, tree in _modules("ui")
        for line, piece in pieces_of_f_strings(tree)
    ]


def in_order(table: Mapping[str, str]) -> str:
    """The table as a file: by room, sorted, without entries that nothing asks for."""
    rooms: dict[str, list[str]] = {}
    for text, room in all_texts().items():
        rooms.setdefault(room, []).append(text)
    lines = [
        "# English for the Russian texts of the program; Russian is the key.",
        "# Put in order by: python installer/extract_texts.py --write",
    ]
    for room, texts in rooms.items():
        lines += ["", f"# {room}"]
        lines += [
            f"{_quoted(text)} = {_quoted(table.get(text, ''))}"
            for text in sorted(texts)
            if text in table or not _covered(text, table)
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.replace("\u00a0", "\\u00a0")


def main() -> int:
    """List what is missing and what is stale; with ``--check`` exit 1 if there is anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 when the table is not whole")
    parser.add_argument("--write", action="store_true", help="put the table in order")
    arguments = parser.parse_args()
    if arguments.write:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(in_order(known_texts()), encoding="utf-8")
    write = sys.stdout.write
    missing, stale, pieces = missing_texts(), stale_texts(), untranslatable()
    for heading, found in (
        ("without English", [f'{_quoted(text)} = ""  # {room}' for text, room in missing.items()]),
        ("in the table only", [_quoted(text) for text in stale]),
        ("Russian inside f-strings of the screens", pieces),
    ):  # fmt: skip
        if found:
            write(f"# {heading}: {len(found)}\n" + "\n".join(found) + "\n\n")
    return 1 if arguments.check and (missing or stale or pieces) else 0


if __name__ == "__main__":
    sys.exit(main())
