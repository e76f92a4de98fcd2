# SPDX-License-Identifier: MIT
"""python3 -m loopcheck"""

import sys

from loopcheck.cli import main

sys.exit(main())
