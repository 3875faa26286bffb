"""The built sample components in an engine that is not ours: PyPI's wasmtime.

Plays a window being closed onto an obstacle, and a cabin that warms up, with the wiring done here
by hand. Knows nothing of the studio. Run by `./check`; needs requirements.txt.
"""

import pathlib
import unittest

from wasmtime import Engine, Store
from wasmtime.component import Component, Linker, Record, Variant

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPONENTS = ROOT / "assets" / "components"


class Guest:
    """One component instance; `call(interface, function, arguments…)`."""

    def __init__(self, name, package, define=lambda linker: None):
        engine = Engine()
        self.store = Store(engine)
        self.package = package
        linker = Linker(engine)
        define(linker)
        component = Component.from_file(engine, str(COMPONENTS / f"{name}.wasm"))
        self.instance = linker.instantiate(self.store, component)

    def call(self, interface, function, *arguments):
        name = f"wireloom:{self.package}/{interface}@0.1.0"
        instance = self.instance.get_export_index(self.store, name)
        index = self.instance.get_export_index(self.store, function, instance)
        callee = self.instance.get_func(self.store, index)
        outcome = callee(self.store, *arguments)
        callee.post_return(self.store)
        return outcome


def record(**fields):
    made = Record()
    for name, value in fields.items():
        setattr(made, name.replace("_", "-"), value)
    return made


def field(value, name):
    return getattr(value, name)


class Window:
    """The components of `antipinch`, wired here; a step is 10 ms."""

    def __init__(self):
        self.switch = Guest("driver-switch", "antipinch")
        self.obstacle = Guest("obstacle", "antipinch")
        self.lifter = Guest("anti-pinch", "antipinch")
        self.motor = Guest("motor-driver", "antipinch")
        self.plant = Guest("plant", "antipinch")
        for guest, interface in (
            (self.switch, "driver-switch"),
            (self.obstacle, "obstacle"),
            (self.lifter, "lifter"),
            (self.motor, "motor-driver"),
            (self.plant, "plant"),
        ):
            guest.call(interface, "initialize")
        self.state = record(position=0.0, motor_speed=0.0, motor_current=0.0)

    def step(self):
        current = field(self.state, "motor-current")
        switch = self.switch.call("driver-switch", "step")
        lifter = self.lifter.call(
            "lifter",
            "step",
            record(
                up=switch.up,
                down=switch.down,
                position=self.state.position,
                motor_speed=field(self.state, "motor-speed"),
                motor_current=current,
            ),
        )
        bridge = self.motor.call(
            "motor-driver",
            "step",
            record(duty=lifter.motor.duty, brake=lifter.motor.brake, motor_current=current),
        )
        self.state = self.plant.call(
            "plant",
            "step",
            record(
                right_pwm=field(bridge, "right-pwm"),
                left_pwm=field(bridge, "left-pwm"),
                obstacle=self.obstacle.call("obstacle", "step").height,
            ),
        )
        return lifter, self.state


class AntiPinch(unittest.TestCase):
    def test_reverses_at_the_obstacle_and_closes_once_it_is_gone(self):
        window = Window()
        states, pinches, peak_n, positions = [], 0, 0.0, []
        was_pinched = False
        for _ in range(1400):
            lifter, plant = window.step()
            if not states or states[-1] != lifter.state:
                states.append(lifter.state)
            pinches += field(lifter, "pinch-detected") and not was_pinched
            was_pinched = field(lifter, "pinch-detected")
            peak_n = max(peak_n, field(plant, "pinch-force"))
            positions.append(plant.position)
        self.assertEqual(
            states, ["stopped", "closing", "reversing", "stopped", "closing", "stopped"]
        )
        self.assertEqual(pinches, 1)
        self.assertLess(peak_n, 100.0)
        self.assertGreater(peak_n, 20.0)
        self.assertEqual(positions[95], 0.0, "nothing moves before 1 s")
        self.assertLess(positions[700], 200.0, "it has opened a hand's breadth")
        self.assertGreater(positions[-1], 449.0, "it has closed in the end")

    def test_an_overload_switches_the_bridge_off(self):
        motor = Guest("motor-driver", "antipinch")
        motor.call("motor-driver", "initialize")
        outcomes = [
            motor.call("motor-driver", "step", record(duty=1.0, brake=False, motor_current=15.0))
            for _ in range(30)
        ]
        self.assertFalse(outcomes[5].overload)
        self.assertTrue(outcomes[15].overload)
        self.assertEqual(field(outcomes[15], "right-pwm"), 0.0)

    def test_a_demand_that_is_not_a_number_drives_nothing(self):
        motor = Guest("motor-driver", "antipinch")
        for _ in range(5):
            outcome = motor.call(
                "motor-driver",
                "step",
                record(duty=float("nan"), brake=False, motor_current=0.0),
            )
        self.assertEqual((field(outcome, "right-pwm"), field(outcome, "left-pwm")), (0.0, 0.0))


def serving(interface, functions):
    """Defines `wireloom:thermal/<interface>` of Python functions by name."""

    def define(linker):
        with linker.root() as root:
            with root.add_instance(f"wireloom:thermal/{interface}@0.1.0") as instance:
                for name, function in functions.items():
                    instance.add_func(name, lambda _store, function=function: function())

    return define


class Thermal(unittest.TestCase):
    def test_the_fan_follows_its_demand_at_five_percent_a_step(self):
        demand = [0.0]
        fan = Guest("fan", "thermal", serving("fan-demand", {"get": lambda: demand[0]}))
        fan.call("fan-control", "initialize")

        def status():
            # Both cases of this result are enums, so the engine tells them apart by name.
            state = fan.call("fan-status", "state")
            self.assertEqual(state.tag, "ok")
            return fan.call("fan-status", "duty"), state.payload

        def after(value):
            demand[0] = value
            fan.call("fan-control", "step")
            return status()

        self.assertEqual(status(), (0.0, "off"))
        self.assertEqual(after("never-received"), (0.0, "off"))
        self.assertEqual(after(12.0), (5.0, "ramping"))
        self.assertEqual(after(12.0), (10.0, "ramping"))
        self.assertEqual(after(12.0), (12.0, "running"))
        self.assertEqual(after("timeout"), (17.0, "fault"))
        self.assertEqual(after(float("nan")), (22.0, "fault"))
        self.assertEqual(after(-5.0), (17.0, "ramping"))

    def test_the_controller_cools_without_a_temperature(self):
        temperature = [20.0]
        serve = serving("temperature", {"get": lambda: temperature[0]})
        controller = Guest("controller", "thermal", serve)
        controller.call("control", "initialize")

        def after(value):
            temperature[0] = value
            controller.call("control", "step")
            return controller.call("fan-demand", "get")

        self.assertEqual(after(20.0), 0.0)
        self.assertEqual(after(29.0), 60.0)
        self.assertEqual(after("invalid"), 100.0)
        self.assertEqual(after(23.0), 0.0)

    def test_the_filter_averages_and_passes_the_status_on(self):
        temperature = ["never-received"]
        serve = serving("temperature", {"get": lambda: temperature[0]})
        average = Guest("temperature-filter", "thermal", serve)
        average.call("filter", "initialize")

        def after(value):
            temperature[0] = value
            average.call("filter", "step")
            return average.call("temperature", "get")

        self.assertEqual(after("never-received"), "never-received")
        self.assertEqual(after(20.0), 20.0)
        self.assertEqual(after("timeout"), "timeout")
        self.assertEqual(after(22.0), 21.0)

    def test_the_dashboard_shows_one_line(self):
        values = {"get": 27.46, "duty": 47.5, "state": Variant("ok", "running")}

        def define(linker):
            serving("temperature", {"get": lambda: values["get"]})(linker)
            status = {name: lambda name=name: values[name] for name in ("duty", "state")}
            serving("fan-status", status)(linker)

        dashboard = Guest("dashboard", "thermal", define)
        dashboard.call("panel", "initialize")

        def shown():
            screen = dashboard.call("display", "shown")
            return screen.text, screen.warning

        self.assertEqual(shown(), ("cabin --.- C  fan -- %", "alarm"))
        dashboard.call("panel", "refresh")
        self.assertEqual(shown(), ("cabin 27.5 C  fan 48 %", "none"))
        values["get"] = "timeout"
        dashboard.call("panel", "refresh")
        self.assertEqual(shown(), ("cabin --.- C  fan 48 %", "alarm"))

    def test_components_are_small(self):
        # They carry a heap that grows; those with concurrency (fusion, radar) an executor too.
        growing = {"fusion", "mcp2515", "radar"}
        for path in sorted(COMPONENTS.glob("*.wasm")):
            limit = 100_000 if path.stem in growing else 40_000
            self.assertLess(path.stat().st_size, limit, path.name)

    def test_components_load_in_a_default_engine(self):
        engine = Engine()
        for path in sorted(COMPONENTS.glob("*.wasm")):
            Component.from_file(engine, str(path))


if __name__ == "__main__":
    unittest.main()
