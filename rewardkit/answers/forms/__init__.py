"""What kind of answer a tree is: what is stripped from it, and what stays beside it."""
