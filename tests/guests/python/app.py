"""A component in Python: prints, reads the clock, and calls a neighbour. Knows nothing of vehicles."""

import time

from wit_world import exports
from wit_world.imports import counter

steps = 0


class Work(exports.Work):
    def step(self) -> None:
        global steps
        steps += 1
        print(f"python step {steps}, count {counter.count()}, second {int(time.time())}")
