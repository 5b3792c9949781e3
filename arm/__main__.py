"""``python -m arm`` is the ``arm`` command."""

import sys

from arm.cli.main import main

sys.exit(main())
