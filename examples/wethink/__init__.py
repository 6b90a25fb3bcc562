"""WeThink (arXiv 2506.07905) from rows to a trained model, with rewardkit as the reward."""
