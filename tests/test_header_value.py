"""Secrets in headers: read from a file they end with a line break; what no header can hold is refused without showing it."""

from __future__ import annotations

import pytest

from rewardkit import BadParameter
from rewardkit.header_value import header_value
from rewardkit.judges.clients.openai import OpenAIClient
from rewardkit.serve.client import TOKEN_VARIABLE, RemoteReward


@pytest.mark.parametrize(("given", "wanted"), [("tok\n", "tok"), (" tok ", "tok"), ("", None), (None, None), ("\n", None)])
def test_white_space_around_a_secret_is_no_part_of_it(given: str | None, wanted: str | None) -> None:
    assert header_value(given, "token") == wanted


@pytest.mark.parametrize("secret", ["hush\nhush", "hush\rhush", "hüsh-hush", "hush\x00"])
def test_what_no_header_can_hold_is_refused_and_never_shown(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for call in (
        lambda: header_value(secret, "token"),
        lambda: RemoteReward("http://127.0.0.1:1", token=secret),
        lambda: OpenAIClient("http://127.0.0.1:1", "judge", api_key=secret),
    ):
        with pytest.raises(BadParameter, match="no HTTP header can hold") as caught:
            call()
        assert "sh" not in str(caught.value).replace("shown", "")
    if "\x00" not in secret:
        monkeypatch.setenv(TOKEN_VARIABLE, secret)
        with pytest.raises(BadParameter, match=f"{TOKEN_VARIABLE} has characters"):
            RemoteReward("http://127.0.0.1:1", deadline_s=5)(completions=["x"])
