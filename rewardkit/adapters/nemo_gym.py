"""NeMo-Gym: a resources server whose `/verify` scores with a recipe, with its mask where nothing was decided.

The package needs Python 3.12. `rewardkit serve` has the same route for those who need no server of Gym's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rewardkit.adapters.mask import loaded, one_row, value
from rewardkit.adapters.responses import row_of
from rewardkit.errors import MissingExtra

if TYPE_CHECKING:
    from rewardkit.reward import RewardFunction
    from rewardkit.types import Verdict

__all__ = ["failure_of", "resources_server"]


def resources_server(reward: RewardFunction | str = "auto", *, unscored: float = 0.0, **options: Any) -> Any:
    """A class of NeMo-Gym's resources servers: `resources_server("auto").run_webserver()` in the `app.py` of a server.

    The columns of a row are the fields beside its rollout and those in its `verifier_metadata`; the reference is `answer` or
    `expected_answer`. A row without a verdict gets `unscored`, `mask_sample` true and a `failure_reason`. Raises `MissingExtra`.
    """
    try:
        from nemo_gym.base_resources_server import BaseVerifyRequest, BaseVerifyResponse, SimpleResourcesServer
    except ImportError as cause:
        raise MissingExtra("nemo-gym", "nemo_gym", "the resources server") from cause
    function = loaded(reward, **options) if isinstance(reward, str) else reward

    class VerifyRequest(BaseVerifyRequest, extra="allow"):  # type: ignore[misc, call-arg]
        """A rollout with the columns of its row."""

    class VerifyResponse(BaseVerifyResponse, extra="allow"):  # type: ignore[misc, call-arg]
        """The same, with what it is worth and why."""

    class RewardServer(SimpleResourcesServer):  # type: ignore[misc]
        async def verify(self, body: VerifyRequest) -> VerifyResponse:
            sent = body.model_dump()
            row = row_of(sent)
            (verdict,) = await function.adecide([row["prompt"]], [row.pop("completion")], **one_row(row))
            told = {
                "reward": value(verdict, unscored),
                "mask_sample": verdict.score is None,
                "failure_reason": failure_of(verdict),
                "reason": verdict.reason,
                "verifier": verdict.verifier,
            }
            return VerifyResponse(**{**sent, **told})

    # FastAPI reads the annotations by name, which in a function are no globals.
    RewardServer.verify.__annotations__.update({"body": VerifyRequest, "return": VerifyResponse})
    return RewardServer


def failure_of(verdict: Verdict) -> str | None:
    """Why a row has no verdict, in a sentence; None where it has one."""
    if verdict.score is not None:
        return None
    return ": ".join(part for part in (verdict.reason, str(verdict.info.get("message", ""))[:300]) if part)
