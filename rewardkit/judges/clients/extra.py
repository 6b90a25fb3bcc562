"""httpx, and the anyio it stands on; without them, the command that brings them."""

from rewardkit.errors import MissingExtra

try:
    import anyio
    import httpx
except ImportError as cause:
    raise MissingExtra("httpx", "judge", "a judge behind a URL") from cause

__all__ = ["anyio", "httpx"]
