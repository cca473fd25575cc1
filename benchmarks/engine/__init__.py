"""Speed and memory of the engine, as ratios to named alternatives measured in the same run."""
