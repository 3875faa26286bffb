"""Two partitions on one board: one traps and is made anew, the other goes on."""

import tempfile
import unittest

import payloads
from machine import BOARDS, Machine
from projects import starved


class Partitions(unittest.TestCase):
    def test_one_traps_and_is_made_anew_while_the_other_goes_on(self):
        with tempfile.TemporaryDirectory() as folder:
            project = starved(folder)
            # The STM32F405 has too little RAM for this sample; the export says so.
            for board in [board for board in BOARDS if board.startswith("qemu-mps2")]:
                with self.subTest(board), Machine(board, payloads.slots(board, project, "door")) as machine:
                    machine.go()
                    trap = "partition surroundings trapped in "
                    seen = 0
                    for _ in range(3):
                        machine.log.wait(trap, seen)
                        seen = 1 + next(at for at, line in enumerate(machine.log.lines) if at >= seen and trap in line)
                    self.assertIn("it starts anew", machine.log.lines[seen - 1])
                    status = machine.status()
                    self.assertGreaterEqual(status["surroundings"]["restarts"], 3)
                    self.assertEqual(status["control"]["traps"], 0)
                    # One step every 10 ms, whatever happens beside it.
                    steps = status["control/lifter-step"]
                    self.assertGreaterEqual(steps["activations"], status["at_us"] // 10_000 - 1)
                    self.assertEqual(steps["lost"], 0)


if __name__ == "__main__":
    unittest.main()
