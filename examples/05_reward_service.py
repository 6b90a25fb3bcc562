"""A reward service on this machine and a client that is called like a local reward function. No GPU, key or download;
needs `pip install '.[serve]'` in the clone.
"""

import re
import subprocess
import sys

try:
    import fastapi  # noqa: F401 - the service needs it
    import uvicorn  # noqa: F401
except ImportError as cause:
    raise SystemExit(f"{cause}. This example needs the extra `serve`: pip install '.[serve]' in the clone") from None

from rewardkit import ServiceError
from rewardkit.serve.client import RemoteReward

service = subprocess.Popen([sys.executable, "-m", "rewardkit", "serve", "--port", "0"], stderr=subprocess.PIPE, text=True)
try:
    url = re.search(r"http://\S+", service.stderr.readline())[0]
    reward = RemoteReward(url, name="rules")
    rewards = reward(
        prompts=["Which? (A) cat (B) dog", "6 · 7?", "6 · 7?", "Describe the picture."],
        completions=["It barks, so the answer is B.", r"\boxed{42}", "It is 41 or 42.", "A dog on a lawn."],
        answer=["dog", "42", "42", "A brown dog lies in the grass."],
    )
    print(rewards, [verdict.reason for verdict in reward.verdicts])
finally:
    service.terminate()
    service.communicate(timeout=30)

# A failure is never a reward.
try:
    RemoteReward(url, deadline_s=1.0)(completions=["42"], answer=["42"])
except ServiceError as cause:
    print(f"ServiceError: {str(cause).partition(' gave ')[2]}")
