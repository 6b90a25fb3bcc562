"""What sentences do with values: state them as an answer, or deny, doubt, ask, suppose, compare, hedge, report or take them back.

`phrases.toml` is the table of phrases and `stance` its reader; every reader of completions asks it, so that a sentence that
states nothing is paid in no dress. `announced` finds where an answer is announced, `joined` how two values stand to one
another, `pairs` which of two values a word such as "valid" or 是 stands for, and `numbers` and `last_formula` what prose offers
without a mark. `carriers.toml` holds the words that only carry an answer: `remains` takes them away with the question's own
(`asked`), `dressed` tells an answer from its dress, `places` whether it stands where it is asked for, and
`alternatives` reads questions of one of several; `frames` holds a sentence to be the question with its answer put in, and
`affirmed` and `repeated` with yes or no.
"""
