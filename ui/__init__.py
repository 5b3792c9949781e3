"""The screens of «Единое окно» (Qt Widgets).

PySide puts an import of its own in the place of Python's, which reads the source of every module to
look for a feature that we don't use; and a thread that imports with it while the window's thread
makes widgets brings the program down now and then (6.9). Python's own is put back here, before any
of our threads exists.
"""

import builtins

_own = builtins.__import__

import PySide6.QtCore  # noqa: E402, F401

builtins.__import__ = _own
