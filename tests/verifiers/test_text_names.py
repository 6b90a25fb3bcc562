from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rewardkit.verifiers.text.names import same_names

NAMES = ("盗窃", "诈骗", "洗钱", "贪污", "受贿")
QUESTION = "请给出罪名。"


@given(st.lists(st.sampled_from(NAMES), min_size=1, unique=True), st.randoms(use_true_random=False), st.sampled_from("；;、"))
def test_names_are_the_same_in_any_order_and_with_their_noun(names, random, separator) -> None:
    shuffled = random.sample(names, len(names))
    assert same_names("；".join(names), separator.join(f"{name}罪" for name in shuffled), QUESTION)


@given(st.lists(st.sampled_from(NAMES), min_size=2, unique=True), st.integers(0, 4))
def test_a_name_less_or_more_is_another_list(names, place) -> None:
    assert not same_names("；".join(names), "；".join(names[:-1]), QUESTION)
    assert not same_names("；".join(names[:-1]), "；".join(names), QUESTION)


@given(st.lists(st.integers(1, 999), min_size=1, max_size=5, unique=True))
def test_articles_are_the_same_joined_or_one_by_one(numbers) -> None:
    joined = f"刑法第{'、'.join(map(str, numbers))}条"
    assert same_names(joined, "、".join(f"刑法第{number}条" for number in reversed(numbers)), "给出法条。")
    assert not same_names(joined, "、".join(f"刑法第{number + 1000}条" for number in numbers), "给出法条。")


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=40))
def test_any_texts_are_compared(reference, answer, question) -> None:
    assert same_names(reference, answer, question) in (True, False)
