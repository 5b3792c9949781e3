"""The least a PySide6 program can do: an empty window of our size, painted once."""

from __future__ import annotations

import os
import time

from PySide6.QtWidgets import QApplication, QWidget


def main() -> None:
    """Print the time (seconds since the epoch) of the painted window and leave."""
    app = QApplication([])
    window = QWidget()
    window.resize(1440, 900)
    window.show()
    app.processEvents()
    window.repaint()
    print(f"{time.time():.6f}", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
