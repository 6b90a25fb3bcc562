"""The commands of the `rewardkit` program, one file each."""
