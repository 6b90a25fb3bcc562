"""Images in, rows of WeThink's form out: the stages of multimodal question synthesis."""
