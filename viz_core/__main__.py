"""`python -m viz_core`."""

import sys

from viz_core.cli import main

sys.exit(main())
