"""LAMM and ChEF: letters, counts, boxes and words read off an image in one batch, each by its own score."""

from tiny import grpo

import rewardkit

ROWS = [
    {"prompt": "Which one?", "answer": ["B"], "task": "vqa", "choices": ["a cat", "a dog"]},
    {"prompt": "How many?", "answer": ["5"], "task": "counting", "choices": []},
    {"prompt": "Where is it?", "answer": ["[0, 0, 10, 10]"], "task": "detection", "choices": []},
    {"prompt": "What does it say?", "answer": ["open", "daily"], "task": "ocr", "choices": []},
]
SHOWN = ["B", "a dog", "4", "5", "[0, 0, 10, 9]", "open daily", "open"]

# As an error of the count, so that 4 of 5 earns 0.8; as published either that or the share of right counts is told.
trainer = grpo(rewardkit.load("lamm", counting="error"), ROWS, SHOWN)
for route in ("vqa", "counting", "detection", "ocr"):
    print(f"{route:9} {trainer.state.log_history[0][f'lamm/reward/{route}']:.2f}")
