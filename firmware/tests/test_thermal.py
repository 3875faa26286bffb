"""The sample `thermal` on the virtual boards: QEMU's tmp105, frames over SLCAN, against the simulation."""

import itertools
import unittest

import cantools

import payloads
from machine import BOARDS, ROOT, Machine

DATABASE = cantools.database.load_file(ROOT / "samples" / "thermal" / "thermal.dbc")
WITH_I2C = [board for board in BOARDS if board.startswith("qemu-mps2")]
FAN_STATUS = 0x120


def changes(frames):
    """What each frame says, without repetitions."""
    return [data for data, _ in itertools.groupby(frames)]


def until(frames, last):
    """All frames up to the first of these."""
    seen = []
    for data in itertools.islice(frames, 100_000):
        seen.append(data)
        if data == last:
            return seen
    raise AssertionError(f"{last.hex()} never comes, the last frame is {seen[-1].hex()}")


class Thermal(unittest.TestCase):
    def test_the_sensor_is_read_and_the_frames_change_as_in_the_simulation(self):
        simulated = changes(payloads.simulated_frames("thermal", "20s", "cabin.temperature=40@5s"))
        for board in WITH_I2C:
            with self.subTest(board), Machine(board, payloads.slots(board, "thermal", "climate")) as machine:
                machine.set_temperature(27.5)
                machine.go()
                frames = (data for identifier, data in machine.frames() if identifier == FAN_STATUS)
                cool = list(itertools.islice(frames, 50))
                machine.set_temperature(40)
                # The board does not wait: how far it was when the temperature changed is not known.
                warm = until(frames, simulated[-1])
                values = [DATABASE.decode_message(FAN_STATUS, data) for data in (cool[-1], warm[-1])]
                self.assertEqual([round(value["Temperature"], 1) for value in values], [27.5, 40.0])
                self.assertEqual([round(value["Duty"], 1) for value in values], [48.0, 100.0])
                self.assertEqual(changes(cool + warm), simulated)

    def test_it_sleeps_between_tasks(self):
        with Machine(WITH_I2C[0], payloads.slots(WITH_I2C[0], "thermal", "climate")) as machine:
            machine.set_temperature(27.5)
            machine.go()
            list(itertools.islice(machine.frames(), 100))
            status = machine.status()
        # Every 100 ms something is due: the processor wakes for it, and sleeps most of the time.
        # The status may be asked for before it sleeps behind the last frame.
        self.assertGreaterEqual(status["sleeps"], 99)
        self.assertLessEqual(status["sleeps"], status["at_us"] / 100_000 * 4)
        self.assertGreater(status["asleep_us"], 0.9 * status["at_us"])
        self.assertEqual(status["main/send-fan-status"]["lost"], 0)

    def test_without_its_sensor_the_fan_runs_at_full_speed(self):
        board = WITH_I2C[0]
        with Machine(board, payloads.slots(board, "thermal", "climate"), sensor=False) as machine:
            machine.go()
            frames = list(itertools.islice(machine.frames(), 30))
            self.assertEqual(machine.status()["main"]["traps"], 0)
        self.assertEqual(DATABASE.decode_message(FAN_STATUS, frames[-1][1])["Duty"], 100.0)


if __name__ == "__main__":
    unittest.main()
