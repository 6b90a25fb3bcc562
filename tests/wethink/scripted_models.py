"""A server that plays vision model, reasoner and third model by a script, for tests of synthesis: a process of its own.

Replies follow from the request alone. It honours idempotency keys, as a paid service may: a key seen before gets its reply
again and is not charged. `GET /stats` tells what was charged. Run as `python scripted_models.py PORT_FILE [LATENCY_S]`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

NUMBERS = ["three", "4", "5", "12"]


def reply(text: str, temper: int) -> str:
    """What the script says to a prompt; `temper` is a number that differs from prompt to prompt."""
    if "Describe this image" in text:
        return f"A drawing with {temper % 7} circles, variant {temper % 1000}."
    if "What else must be known" in text:
        return json.dumps({"questions": [] if "<notes" in text else ["How many squares?", "What is written?"]})
    if "Answer each of these questions" in text:
        count = len(re.findall(r"^\d+\. ", text, re.MULTILINE))
        return f"<think>look</think>```json\n{json.dumps({'answers': ['two', 'STOP'][:count]})}\n```"
    if "Write one exact description" in text:
        return f"Exactly {temper % 9} circles and two squares; a sign says STOP."
    if "Write one question of this type" in text:
        return question(text, temper)
    if "Check the question against" in text:
        names = re.findall(r"needing ([\w, ]+?):", text)[0].split(", ")
        flaw = temper % 12
        said = {"verifiable": flaw != 0, "leaks": flaw == 1, "trivial": flaw == 2, "abilities": names[: 1 if flaw == 3 else None]}
        return json.dumps({**said, "why": "scripted"})
    if "that you cannot see. If" in text:
        return json.dumps({"answer": "7" if temper % 3 else "5"})
    if "You compare two answers" in text:
        return json.dumps({"same": bool(temper % 4), "why": "scripted"})
    if "gave different answers" in text:
        return json.dumps({"reasoning": "I looked.", "right": ["first", "second", "neither"][temper % 3]})
    if "Rewrite this chain" in text:
        return "There are circles and squares; counting them one by one gives the answer that was found."
    if "Reason step by step" in text:
        return answered(text, temper)
    raise ValueError(text[:200])


def question(text: str, temper: int) -> str:
    if temper % 9 == 0:
        return json.dumps({"possible": False, "why": "nothing of that kind"})
    names = re.findall(r"^- (\w+):", text, re.MULTILINE)
    problem = f"Question {temper % 100000}, needing {', '.join(names)}: what follows from the drawing?"
    choices = {"A": "three", "B": "four", "C": "five"} if "multiple choice" in text else None
    if temper % 11 == 0 and choices:
        choices["C"] = "four"
    return json.dumps({"possible": True, "problem": problem, "choices": choices, "abilities": names, "why": "scripted"})


def answered(text: str, temper: int) -> str:
    """Both models answer by the question, and differ on every fifth one."""
    number = int(re.findall(r"Question (\d+)", text)[0])
    eyes = "Look at the image" in text
    other = number % 5 == 0 and eyes
    if "the letter of the right option" in text:
        answer = "ABC"[(number + other) % 3]
    elif "one to three sentences" in text:
        answer = f"The drawing shows {number % 7} circles{' beside a square' if number % 2 and eyes else ''}."
    else:
        answer = NUMBERS[(number + other) % 4]
    if temper % 17 == 0:
        return "I am not sure about this one."
    return f"<think>{number}</think>" + json.dumps({"reasoning": f"I count {number % 7}.", "answer": answer})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    charged: ClassVar[dict[str, bytes]] = {}
    replays = 0
    unkeyed = 0
    most = 0
    at_once = 0
    latency_s = 0.0

    def do_GET(self) -> None:
        if self.path == "/stats":
            cls = type(self)
            stats = {"charged": len(cls.charged), "replays": cls.replays, "unkeyed": cls.unkeyed, "most": cls.most}
            self._send(json.dumps(stats).encode())
        else:
            self._send(json.dumps({"object": "list", "data": [{"id": "scripted"}]}).encode())

    def do_POST(self) -> None:
        cls = type(self)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key = self.headers.get("idempotency-key")
        with cls.lock:
            cls.at_once += 1
            cls.most = max(cls.most, cls.at_once)
            known = cls.charged.get(key) if key else None
            if known is not None:
                cls.replays += 1
            if key is None:
                cls.unkeyed += 1
        try:
            if known is None:
                time.sleep(cls.latency_s)
                known = self._made(body)
                if key:
                    with cls.lock:
                        cls.charged[key] = known
            self._send(known)
        finally:
            with cls.lock:
                cls.at_once -= 1

    def _made(self, body: dict) -> bytes:
        contents = [message["content"] for message in body["messages"]]
        texts = [c if isinstance(c, str) else "".join(part.get("text", "") for part in c) for c in contents]
        temper = int(hashlib.sha256(json.dumps([body["messages"], body["seed"]]).encode()).hexdigest()[:8], 16)
        said = reply("\n".join(texts), temper)
        message = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
        return json.dumps({"choices": [message], "usage": {"prompt_tokens": 50, "completion_tokens": 20}}).encode()

    def _send(self, raw: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # the client was killed
            super().handle()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    Handler.latency_s = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    server = Server(("127.0.0.1", 0), Handler)
    Path(sys.argv[1]).write_text(str(server.server_address[1]))
    server.serve_forever()
