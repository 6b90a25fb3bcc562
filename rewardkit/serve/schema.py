"""What the OpenAPI document says of every endpoint; what it says of a protocol stands with the protocol."""

from __future__ import annotations

from typing import Any

from rewardkit.serve.limits import Limits

__all__ = ["ANY", "ERROR", "NUMBER_OR_NULL", "Schema", "closed", "json_of", "refusals"]

Schema = dict[str, Any]

ANY: Schema = {}
NUMBER_OR_NULL: Schema = {"type": ["number", "null"]}
ERROR: Schema = {
    "type": "object",
    "properties": {"error": {"type": "string", "description": "What is wrong, and what to do."}},
    "required": ["error"],
    "additionalProperties": False,
}


def closed(properties: Schema, description: str) -> Schema:
    """The schema of an object that has all of these fields and no other."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def json_of(schema: Schema, **more: Any) -> Schema:
    """What the document says of a JSON body."""
    return {"description": schema.get("description", ""), "content": {"application/json": {"schema": schema, **more}}}


def refusals(limits: Limits) -> dict[int | str, Schema]:
    """The answers that are no rewards."""
    meanings = {
        400: "The body is not JSON: NaN, a name given twice, bad UTF-8.",
        401: "Wrong or missing token.",
        408: f"The body did not arrive within {limits.body_s:g} s.",
        413: f"More than {limits.body_mb:g} MB.",
        415: "The body is not plain application/json.",
        422: f"The body is JSON, but not a request, or has more than {limits.rows:,} rows.",
        429: "Too much to do at the moment; Retry-After says when to come back.",
        500: "A verifier cannot be run at all; the log of the service says why.",
        503: "The service is starting, stopping, or out of worker processes.",
        504: f"Not done within {limits.timeout_s:g} s.",
    }
    found: dict[int | str, Schema] = {status: json_of({**ERROR, "description": meaning}) for status, meaning in meanings.items()}
    found[429]["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": "Seconds."}}
    return found
