"""What the engine's speed and memory are worth, as ratios against named alternatives measured in the same run."""
