"""What an answer is, and when two are the same.

`plain` reads plain numbers, `latex` everything else into a tree of `expression` nodes, `shapes` says what kind
of answer a tree is, and `equal` decides equality. Nothing a model wrote is ever evaluated as code.
"""
