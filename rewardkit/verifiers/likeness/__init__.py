"""How alike a whole text is to a reference: transcripts by error rates, captions and translations by shared words and n-grams."""
