"""Frames that come in: a tester holds the other end of the board's serial line and plays the climate ECU; the
cockpit's dashboard shows what it was sent, and says so in a frame of its own."""

import itertools
import tempfile
import unittest

import cantools

import payloads
from machine import BEL, BOARDS, ROOT, Machine
from projects import PANEL, answering

DATABASE = cantools.database.load_file(ROOT / "samples" / "thermal" / "thermal.dbc")
FAN_STATUS = 0x120
NONE, CAUTION, ALARM = range(3)
# While the board sleeps its time leaps, and hours pass between two bytes of a tester: a value has to live longer
# than that, or the dashboard is right to call it missing.
LONG_S = 1_000_000


def fan_status(celsius, duty, state):
    """The frame's data, by an independent encoder."""
    return DATABASE.encode_message(FAN_STATUS, {"Temperature": celsius, "Duty": duty, "State": state})


CALM = fan_status(27.5, 48.0, "running")
HOT = fan_status(40.0, 60.0, "running")
FAULT = fan_status(22.0, 50.0, "fault")


class Received(unittest.TestCase):
    def machine(self, board, alive_timeout_s=LONG_S):
        with tempfile.TemporaryDirectory() as folder:
            project = answering(folder, alive_timeout_s)
            return Machine(board, payloads.slots(board, project, "cockpit"))

    def shows(self, machine, warning):
        """Some time the dashboard does: the board's frames may be far behind what the tester has sent. What
        it has shown before."""
        shown = (data[0] for identifier, data in machine.frames() if identifier == PANEL)
        before = list(itertools.takewhile(lambda level: level != warning, itertools.islice(shown, 200_000)))
        self.assertLess(len(before), 200_000, f"the dashboard never shows {warning}, but {before[-1:]}")
        return set(before)

    def test_the_dashboard_shows_what_a_tester_sends(self):
        for board in BOARDS:
            with self.subTest(board), self.machine(board) as machine:
                machine.go()
                # Nothing has come yet.
                self.shows(machine, ALARM)
                for data, warning in (
                    (CALM, NONE),
                    (HOT, CAUTION),
                    (fan_status(22.0, 0.0, "off"), NONE),
                    (fan_status(22.0, 100.0, "running"), CAUTION),
                    (FAULT, ALARM),
                    (CALM, NONE),
                ):
                    machine.send(FAN_STATUS, data)
                    self.shows(machine, warning)
                main = machine.status()["main"]
                self.assertEqual((main["frames_lost"], main["traps"]), (0, 0))

    def test_what_is_not_for_it_changes_nothing(self):
        with self.machine("qemu-mps2-an385") as machine:
            machine.go()
            self.shows(machine, ALARM)
            machine.send(FAN_STATUS, CALM)
            self.shows(machine, NONE)
            length, digits = len(FAULT), FAULT.hex().encode()
            machine.say(b"T00000120%X%s\r" % (length, digits), b"Z")
            machine.say(b"r120%X\r" % length, b"z")
            machine.send(FAN_STATUS + 2, FAULT)
            # Too short for the message: lost, and counted.
            machine.send(FAN_STATUS, FAULT[:-1])
            # No commands: a digit that is none, data that is cut off, a length above 8.
            for line in (b"g" + digits[1:], digits[:-1]):
                machine.say(b"t120%X%s\r" % (length, line), BEL)
            machine.say(b"t1209%s\r" % digits, BEL)
            machine.send(FAN_STATUS, HOT)
            self.assertLessEqual(self.shows(machine, CAUTION), {NONE})
            main = machine.status()["main"]
            self.assertEqual((main["frames_lost"], main["traps"]), (1, 0))

    def test_where_frames_cease_the_values_are_not_shown_any_more(self):
        with self.machine("qemu-mps2-an385", alive_timeout_s=60) as machine:
            machine.go()
            self.shows(machine, ALARM)
            machine.send(FAN_STATUS, CALM)
            self.shows(machine, NONE)
            self.shows(machine, ALARM)


if __name__ == "__main__":
    unittest.main()
