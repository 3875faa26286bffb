"""A native image takes at most twice the instructions of the same step written by hand."""

import contextlib
import io
import pathlib
import tempfile
import unittest
from unittest import mock

import budget
import payloads
from machine import ROOT


class NativeSpeed(unittest.TestCase):
    def test_every_task_of_the_control_step_is_within_twice_the_hand_written_one(self):
        script = budget.native_speed()
        printed = io.StringIO()
        with tempfile.TemporaryDirectory() as folder:
            payloads.wireloom("export", ROOT / "samples/thermal", "--target", *budget.NATIVE.split(), "--ecu", "climate", "-o", folder)
            arguments = ["native-speed", str(pathlib.Path(folder) / "climate/c")]
            with mock.patch("sys.argv", arguments), contextlib.redirect_stdout(printed):
                is_slow = script.main()
        self.assertFalse(is_slow, printed.getvalue())
        for task in (*script.STEP, "sensor-sample", "control step"):
            self.assertIn(task, printed.getvalue())


if __name__ == "__main__":
    unittest.main()
