"""Where `tm`, `git tm` and `python -m tmfiles` begin."""

from __future__ import annotations

import sys

from tmfiles.cli.boundary import main

if __name__ == "__main__":
    sys.exit(main())
