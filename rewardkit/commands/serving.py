"""`rewardkit serve`: the reward service in this process."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from argparse import Namespace
from pathlib import Path

from rewardkit.batch.engine import use_workers
from rewardkit.commands.judging import reward_of, say_trouble, title_of
from rewardkit.errors import MissingExtra, UsageError
from rewardkit.recipes.parts.config import build

__all__ = ["TOKEN_VARIABLE", "run"]

TOKEN_VARIABLE = "REWARDKIT_SERVE_TOKEN"
RUNNING, RUNNING_WITH_JUDGE = 4, 64  # rules compute, and more at a time only slow each other down; judges wait
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def run(options: Namespace) -> int:
    """Serve until it is stopped: 0 after SIGTERM, 130 after Ctrl-C; both finish what was taken."""
    try:
        from rewardkit.serve.app import make_app
        from rewardkit.serve.run import address_of, listen
        from rewardkit.serve.run import run as serve
    except ImportError as cause:
        raise MissingExtra((cause.name or "fastapi").partition(".")[0], "serve", "rewardkit serve") from None
    from rewardkit.serve.limits import Limits

    table = reward_of(options)
    if "columns" in table:
        message = "columns = … in the configuration is for files; a request has completion, answer and the others by these names"
        raise UsageError(message)
    verifier = build(table)
    say_trouble(table)
    token = _token(options.token_file)
    limits = Limits(
        body_mb=options.max_body_mb,
        rows=options.max_rows,
        timeout_s=options.timeout_s,
        waiting=options.queue,
        running=options.concurrency or (RUNNING_WITH_JUDGE if "judge" in table else RUNNING),
    )
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    app = make_app(verifier, limits=limits, token=token, unscored=options.unscored)
    with contextlib.ExitStack() as stack:
        use_workers(options.workers, stack)
        sock = stack.enter_context(listen(options.host, options.port))
        if token is None and options.host not in LOOPBACK:
            print(
                f"note: anybody who reaches {options.host} can use this service; set a token with --token-file", file=sys.stderr
            )
        print(
            f"serving {title_of(table)} on {address_of(sock)}  (Ctrl-C stops; /docs describes the API)",
            file=sys.stderr,
            flush=True,
        )
        interrupted = serve(app, sock, limits)
    print("stopped; everything taken was answered" if not interrupted else "stopped", file=sys.stderr)
    return 130 if interrupted else 0


def _token(path: str | None) -> str | None:
    """The token from a file or the environment; never from the command line, which every user of the machine can read."""
    if path is None:
        text = os.environ.get(TOKEN_VARIABLE)
        where = f"the variable {TOKEN_VARIABLE}"
    else:
        where = path
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as cause:
            message = f"cannot read the token file {path}: {getattr(cause, 'strerror', None) or cause}"
            raise UsageError(message) from None
    if text is None:
        return None
    token = text.strip()
    if not token or not token.isascii() or any(sign.isspace() for sign in token):
        message = f"{where} holds no token; wanted one word of ASCII characters, such as `openssl rand -hex 32` prints"
        raise UsageError(message)
    return token
