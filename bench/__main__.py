"""``arm bench``: run all figures, or those named, and print them with their baselines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from bench.line import Line


def subjects() -> list[str]:
    """The measured subjects: every module of this folder that has a ``run``."""
    names = [m.name for m in iter_modules([str(Path(__file__).parent)])]
    return sorted(n for n in names if hasattr(import_module(f"bench.{n}"), "run"))


def show(line: Line) -> str:
    """One figure as text: ours, the baseline's, how many times better."""
    return (
        f"  {line.name:<56} {line.figure:>12,.2f} {line.unit:<9}"
        f" {line.baseline_name}: {line.baseline:,.2f}  ×{line.ratio:.2f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; returns the process's exit code."""
    parser = argparse.ArgumentParser(prog="arm bench", description="Замеры рядом с основой")
    parser.add_argument("subject", nargs="*", help="что мерить; без имени – всё")
    parser.add_argument("--json", action="store_true", help="вывести строки в JSON")
    chosen = parser.parse_args(arguments)
    lines: list[Line] = []
    for subject in chosen.subject or subjects():
        if not chosen.json:
            print(subject, flush=True)
        for line in import_module(f"bench.{subject}").run():
            lines.append(line)
            if not chosen.json:
                print(show(line), flush=True)
    if chosen.json:
        print(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
