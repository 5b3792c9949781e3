"""The shape of an operation, and its fingerprint: what both ends of the exchange agree on."""

from __future__ import annotations

import hashlib
import json
from typing import Any

Operation = dict[str, Any]
"""``cseq, prev, id, kind, op, scope, schema, at, person, f`` and for ``resolve`` ``conflict``;
see docs/store.md."""


def canonical(operation: Operation) -> str:
    """The one text of an operation: sorted keys, no spaces, letters unescaped."""
    return json.dumps(operation, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def op_hash(operation: Operation) -> str:
    """SHA-256 of the canonical text, in hex. The next operation carries it as ``prev``."""
    return hashlib.sha256(canonical(operation).encode()).hexdigest()
