"""What a judge's scores are worth: measured against labels, and turned into decisions or probabilities by what was measured.

`measures` has the numbers and their intervals, `curves` how far a score is a probability, `fitting` what is learnt from labels,
`stored` the file that a judge decides by, `drift` two runs beside each other.
"""
