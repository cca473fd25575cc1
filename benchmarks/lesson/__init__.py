"""The rows of the lesson (``docs/mission.md``), each in the code of a learner beside the lesson's own plain PyTorch."""
