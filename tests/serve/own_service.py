"""A service of one's own verifier: `own_service.py VERIFIER [LIMIT=VALUE …]`."""

import logging
import sys

import slow_verifiers  # noqa: F401 - registers its verifiers

from rewardkit import get, workers
from rewardkit.serve.limits import Limits
from rewardkit.serve.run import serve

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    limits = {name: float(value) if "." in value else int(value) for name, _, value in (a.partition("=") for a in sys.argv[2:])}
    workers.configure(2, timeout_s=3600)
    sys.exit(130 if serve(get(sys.argv[1]), port=0, limits=Limits(**limits)) else 0)
