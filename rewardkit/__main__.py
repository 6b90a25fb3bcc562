"""`python -m rewardkit` is the `rewardkit` program."""

import sys

from rewardkit.cli import main

sys.exit(main())
