"""Text made clean: characters, spellings, number words, plain numbers, rewritings of whole notations, tokens."""
