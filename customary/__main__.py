"""Makes ``python -m customary`` the same as ``customary``."""

import sys

from customary.cli import main

sys.exit(main())
