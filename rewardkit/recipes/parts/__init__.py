"""What several published recipes are made of."""
