"""Real servers on 127.0.0.1 that answer chat completions, and misbehave on demand: raw sockets, so that nothing tidies up."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from patience import HANG_S

MODEL = "judge"
QUIET_TURNS = 5  # of the loop without a task, after which a stopped server has nothing open


@dataclass
class Seen:
    """One request as it came; `attempt` counts those with the same last message, from 1."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    attempt: int = 1

    @property
    def text(self) -> str:
        content = self.body["messages"][-1]["content"] if self.body.get("messages") else ""
        return content if isinstance(content, str) else content[0]["text"]


Writer = asyncio.StreamWriter
Behaviour = Callable[[Seen, Writer], Awaitable[None]]


def completion(text: str, **choice: Any) -> dict[str, Any]:
    """The body of a good answer."""
    first = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop", **choice}
    return {
        "object": "chat.completion",
        "model": MODEL,
        "choices": [first],
        "usage": {"prompt_tokens": 7, "completion_tokens": 2},
    }


async def send(writer: Writer, body: Any, status: str = "200 OK", **headers: str) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(raw)}", *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + raw)
    await writer.drain()


async def good(seen: Seen, writer: Writer) -> None:
    """Says again what it was told, so that a reply that went to another row shows."""
    await send(writer, completion(f"echo {seen.text}"))


@dataclass
class Server:
    """A server in a thread of its own, for a `with` block; `stop` cuts every connection, `start` brings it back."""

    behave: Behaviour = good
    port: int = 0
    models: tuple[str, ...] = (MODEL,)
    seen: list[Seen] = field(default_factory=list)
    most_at_once: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def chats(self) -> list[Seen]:
        return [one for one in self.seen if not one.path.endswith("/models")]

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._loop, up = asyncio.new_event_loop(), threading.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._attempts: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, args=(up,), daemon=True)
        self._thread.start()
        assert up.wait(HANG_S), "the server did not start"

    def stop(self) -> None:
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(HANG_S)
        assert not self._thread.is_alive(), "the server did not stop"

    def _run(self, up: threading.Event) -> None:
        async def main() -> None:
            self._stop = asyncio.Event()
            server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, backlog=512)
            self.port = server.sockets[0].getsockname()[1]
            up.set()
            await self._stop.wait()
            # No more are accepted. One that was has its task, and an aborted one is closed, some turns of the loop later: what
            # the loop forgot would be a ResourceWarning of whichever test the garbage is collected in.
            for listening in server.sockets:
                self._loop.remove_reader(listening.fileno())
            quiet = 0
            while quiet < QUIET_TURNS:
                for task in self._tasks:
                    task.cancel()
                await asyncio.sleep(0)
                quiet = 0 if asyncio.all_tasks() - {asyncio.current_task()} else quiet + 1
            server.close()

        try:
            self._loop.run_until_complete(main())
        finally:
            self._loop.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            while seen := await self._read(reader):
                self.seen.append(seen)
                if seen.path.endswith("/models"):
                    await send(writer, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})
                    continue
                self._attempts[seen.text] = seen.attempt = self._attempts.get(seen.text, 0) + 1
                self._under_way = getattr(self, "_under_way", 0) + 1
                self.most_at_once = max(self.most_at_once, self._under_way)
                try:
                    await self.behave(seen, writer)
                finally:
                    self._under_way -= 1
                if writer.is_closing():
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> Seen | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        except asyncio.IncompleteReadError:
            return None
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:]) if name}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Seen(head[0].split()[1], headers, json.loads(body) if body else {})


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def reset(seen: Seen, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{")
    await writer.drain()
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # closing sends RST
    writer.transport.abort()


async def hang_up(seen: Seen, writer: Writer) -> None:
    writer.close()


async def hang(seen: Seen, writer: Writer) -> None:
    await asyncio.sleep(3600)


async def drip(seen: Seen, writer: Writer) -> None:
    """Every read succeeds in time, and the whole never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def too_many(seen: Seen, writer: Writer) -> None:
    await send(writer, {"error": "slow down"}, "429 Too Many Requests", retry_after="1")


async def too_many_for_long(seen: Seen, writer: Writer) -> None:
    await send(writer, {"error": "slow down"}, "429 Too Many Requests", retry_after="3600")


async def too_many_no_word(seen: Seen, writer: Writer) -> None:
    await send(writer, {"error": "slow down"}, "429 Too Many Requests")


async def broken_inside(seen: Seen, writer: Writer) -> None:
    await send(writer, {"error": "boom"}, "500 Internal Server Error")


async def unavailable(seen: Seen, writer: Writer) -> None:
    await send(writer, b"no upstream", "503 Service Unavailable")


async def cut_json(seen: Seen, writer: Writer) -> None:
    await send(writer, json.dumps(completion("yes")).encode()[:-20])


async def cut_body(seen: Seen, writer: Writer) -> None:
    """Fewer bytes than announced, and an orderly end: what a proxy leaves of a server that died."""
    raw = json.dumps(completion("yes")).encode()
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (len(raw) + 100) + raw)
    await writer.drain()
    writer.close()


async def html(seen: Seen, writer: Writer) -> None:
    await send(writer, b"<html>yes</html>")


async def nothing(seen: Seen, writer: Writer) -> None:
    await send(writer, b"")


async def deep_json(seen: Seen, writer: Writer) -> None:
    await send(writer, b"[" * 90_000)


async def not_http(seen: Seen, writer: Writer) -> None:
    writer.write(b"yes\r\n\r\n")
    await writer.drain()
    writer.close()


async def huge(seen: Seen, writer: Writer) -> None:
    """A body without end; it stops when the client has had enough."""
    writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        await writer.drain()


def says(body: Any) -> Behaviour:
    """Always this body, with status 200."""

    async def behave(seen: Seen, writer: Writer) -> None:
        await send(writer, body)

    return behave


def refuses(status: str, body: Any = None) -> Behaviour:
    """Always this status."""

    async def behave(seen: Seen, writer: Writer) -> None:
        await send(writer, body or {"error": {"message": f"because {status}"}}, status)

    return behave


def when(condition: Callable[[Seen], bool], fault: Behaviour, otherwise: Behaviour = good) -> Behaviour:
    """The fault for some requests only."""

    async def behave(seen: Seen, writer: Writer) -> None:
        await (fault if condition(seen) else otherwise)(seen, writer)

    return behave
