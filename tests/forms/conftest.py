"""The programs that read paper back."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def pdf_text(tmp_path: Path) -> Callable[[bytes], str]:
    """What pdftotext reads, lines kept as laid out."""

    def read(pdf: bytes) -> str:
        file = tmp_path / "read.pdf"
        file.write_bytes(pdf)
        done = subprocess.run(
            ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True
        )
        assert done.stderr == b"", done.stderr
        return done.stdout.decode("utf-8")

    return read


@pytest.fixture
def pdf_images(tmp_path: Path) -> Callable[[bytes, int], list[Path]]:
    """The pages as pdftoppm renders them, in grey."""

    def render(pdf: bytes, dpi: int) -> list[Path]:
        file = tmp_path / "render.pdf"
        file.write_bytes(pdf)
        subprocess.run(
            ["pdftoppm", "-r", str(dpi), "-gray", "-png", str(file), str(tmp_path / "page")],
            check=True,
        )
        return sorted(tmp_path.glob("page-*.png"))

    return render
