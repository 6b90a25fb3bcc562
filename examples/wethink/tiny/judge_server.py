"""The scripted judge of the small world: an OpenAI-compatible server that grades by rule what a model would grade by reading.

It is no model. It reads reference and answer out of the judge's prompt as it came over HTTP and counts the share of the
reference's words (colours, shapes, digits, relation) that the answer has in the same place. It replies with a tier of the scale
that the prompt gives: the highest one for everything right, else the highest below that its share reaches.
"""

from __future__ import annotations

import argparse
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MODEL = "scripted-judge"
FENCE = re.compile(r"<([\w ]+) ([0-9a-f]{12})>\n(.*?)\n</\1 \2>", re.DOTALL)
SCALE = re.compile(r"on the scale ([\d., ]+)\.")
FILLING = frozenset(("a", "of", "than"))


def share(reference: str, answer: str) -> float:
    """The share of the reference's words that the answer has in the same place; 0 when it says more than the reference."""
    wanted, said = ([word for word in text.split() if word not in FILLING] for text in (reference, answer))
    if len(said) > len(wanted):
        return 0.0
    return sum(a == b for a, b in zip(wanted, said, strict=False)) / len(wanted)


def grade(prompt: str) -> str:
    """The tier that the judge replies, as the prompt writes it."""
    fenced = {label.rsplit(" ", 1)[-1]: text for label, _, text in FENCE.findall(prompt)}
    scale = SCALE.search(prompt)
    if scale is None or not {"reference", "answer"} <= fenced.keys():
        message = f"cannot read the prompt: fences {sorted(fenced)}, scale {scale}"
        raise ValueError(message)
    tiers = [tier.strip() for tier in scale[1].split(",")]
    right = share(fenced["reference"], fenced["answer"])
    return tiers[-1] if right == 1 else max((tier for tier in tiers[:-1] if float(tier) <= right), key=float)


class Handler(BaseHTTPRequestHandler):
    """Answers `/v1/models` and `/v1/chat/completions`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The list of models."""
        self._send({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def do_POST(self) -> None:
        """One chat completion: a tier."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            text = grade(body["messages"][-1]["content"])
        except (ValueError, KeyError) as cause:
            self._send({"error": {"message": str(cause), "type": "invalid_request_error"}}, 400)
            return
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        self._send({"object": "chat.completion", "model": MODEL, "choices": [choice], "usage": {}})

    def _send(self, body: dict[str, Any], status: int = 200) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


class Server(ThreadingHTTPServer):
    """The server; `url` is what a judge is given."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--url-file", type=Path, help="where the URL is written once the server listens")
    parsed = parser.parse_args()
    with Server(parsed.port) as server:
        print(server.url, flush=True)
        if parsed.url_file:
            parsed.url_file.write_text(server.url, encoding="utf-8")
        server.serve_forever()


if __name__ == "__main__":
    main()
