"""Values between Linux ECUs over zenoh: whole systems against the simulation, and one ECU against an
independent zenoh, PyPI's eclipse-zenoh, that reads and writes keys and headers as they are documented.

Run by scripts/test-ethernet, which builds the program.
"""

import pathlib
import platform
import struct
import tempfile
import time
import unittest

import zenoh
from ecus import HEADER, PROJECT, VERSION, Ecu, flows, frames, free_port, message, until, wireloom

SENSOR = "wireloom/ethernet/climate/sensor.wireloom:thermal%2ftemperature@0.1.0%23get"
STATE = "wireloom/ethernet/cockpit/fan.wireloom:thermal%2ffan-status@0.1.0%23state"
FILTERED = "wireloom/ethernet/cockpit/filter.wireloom:thermal%2ftemperature@0.1.0%23get"


def configuration(*, listen=(), connect=()):
    """A peer that knows its partners by name only."""
    made = zenoh.Config()
    endpoints = lambda ports: str([f"tcp/127.0.0.1:{port}" for port in ports]).replace("'", '"')
    made.insert_json5("mode", '"peer"')
    made.insert_json5("listen/endpoints", endpoints(listen))
    made.insert_json5("connect/endpoints", endpoints(connect))
    made.insert_json5("scouting/multicast/enabled", "false")
    made.insert_json5("scouting/gossip/enabled", "false")
    return made


class Networks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.bundles = cls.folder / "bundles"
        board = "linux-" + platform.machine()
        wireloom("export", PROJECT, "--target", board, "-o", cls.bundles)
        cls.flows = flows(cls.bundles / "cockpit")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def ecu(self, name, **ports):
        ecu = Ecu(self.bundles / name, self.folder, **ports)
        self.addCleanup(ecu.kill)
        return ecu

    def session(self, **ports):
        session = zenoh.open(configuration(**ports))
        self.addCleanup(session.close)
        return session

    def heard(self, session, key):
        """What comes under a key, as it comes."""
        samples = []
        subscriber = session.declare_subscriber(key, lambda sample: samples.append(bytes(sample.payload)))
        self.addCleanup(subscriber.undeclare)
        return samples

    def message(self, value, **header):
        return message(value, type_hash=self.flows[SENSOR]["type_hash"], **header)


class Systems(Networks):
    def test_processes_over_zenoh_give_the_data_of_the_simulation(self):
        simulated, real = self.folder / "simulated.log", self.folder / "real.log"
        wireloom("simulate", PROJECT, "--for", "3s", "--trace", simulated)
        report = wireloom("run", PROJECT, "--for", "3s", "--zenoh", "--trace", real)
        self.assertEqual(report["incidents"], [])
        networks = {ecu["ecu"]: ecu["networks"][0] for ecu in report["ecus"]}
        for name, network in networks.items():
            self.assertGreaterEqual(network["received"], 12, name)
            for nothing in ("refused", "lost", "repeated", "dropped"):
                self.assertEqual(network[nothing], 0, f"{name}: {nothing}")
        self.assertEqual(report["values"], sum(network["received"] for network in networks.values()))
        expected, found = frames(simulated), frames(real)
        self.assertEqual(expected.keys(), found.keys())
        for identifier, data in expected.items():
            common = min(len(data), len(found[identifier]))
            self.assertGreaterEqual(common * 10, len(data) * 8, identifier)
            self.assertGreater(len(set(data[:common])), 5, identifier)
            self.assertEqual(data[:common], found[identifier][:common], identifier)

    def test_a_bundle_names_its_peers(self):
        entry = lambda ecu: (self.bundles / ecu / "ecu.toml").read_text().split("[networks.eth0]\n")[1]
        self.assertIn('listen = ["tcp/0.0.0.0:7447"]\nconnect = []', entry("climate"))
        self.assertIn('listen = ["tcp/0.0.0.0:7447"]\nconnect = ["tcp/climate:7447"]', entry("cockpit"))

    def test_an_ecu_that_is_killed_and_started_again_is_joined_again(self):
        port = free_port()
        climate = self.ecu("climate", listen=[port]).start()
        cockpit = self.ecu("cockpit", connect=[port]).start()
        cockpit.wait("received_total", 5)
        climate.wait("received_total", 5)
        # The one that connects.
        cockpit.kill()
        climate.wait("peers", 0)
        before = climate.counted("received_total")
        cockpit.start()
        cockpit.wait("received_total", 5)
        climate.wait("received_total", before + 5)
        # The one that listens.
        climate.kill()
        before = cockpit.counted("received_total")
        time.sleep(1.5)
        climate.start()
        climate.wait("received_total", 5)
        cockpit.wait("received_total", before + 5)
        for ecu in (climate, cockpit):
            self.assertEqual(ecu.counted("refused_total"), 0)
            self.assertEqual(ecu.counted("repeated_total"), 0)


class Watched(Networks):
    def test_a_stock_client_reads_what_an_ecu_publishes(self):
        port = free_port()
        session = self.session(listen=[port])
        samples = self.heard(session, STATE)
        before_ns = time.time_ns()
        cockpit = self.ecu("cockpit", connect=[port]).start()
        until(lambda: len(samples) >= 4, "four values of the fan's state")
        cockpit.kill()
        starts, sequences = set(), []
        for sample in samples:
            head, sequence, sent_ns, type_hash = HEADER.unpack_from(sample)
            self.assertEqual(head & 0xFF, VERSION)
            self.assertEqual(type_hash.hex(), self.flows[STATE]["type_hash"])
            self.assertTrue(before_ns <= sent_ns <= time.time_ns())
            # A case of an enumeration.
            self.assertEqual(len(sample) - HEADER.size, 1)
            starts.add(head >> 8)
            sequences.append(sequence)
        self.assertEqual(len(starts), 1)
        self.assertEqual(sequences, list(range(sequences[0], sequences[0] + len(sequences))))
        # Started again it draws another number, and counts from the beginning.
        samples.clear()
        cockpit.start()
        until(lambda: samples, "a value of the program that was started again")
        self.assertNotIn(HEADER.unpack_from(samples[0])[0] >> 8, starts)
        self.assertLess(HEADER.unpack_from(samples[0])[1], sequences[-1])

    def test_an_ecu_takes_what_a_stock_client_publishes(self):
        port = free_port()
        cockpit = self.ecu("cockpit", listen=[port]).start()
        session = self.session(connect=[port])
        samples = self.heard(session, FILTERED)
        publisher = session.declare_publisher(SENSOR)
        until(lambda: publisher.matching_status.matching, "the ECU subscribes")
        # The filter gives the average of what has come.
        for sequence, temperature in ((7, 21.5), (8, 24.5)):
            publisher.put(self.message(struct.pack("<f", temperature), sequence=sequence))
            answers = sequence - 6
            until(lambda: len(samples) >= answers, "the filter answers")
        averages = [struct.unpack("<f", sample[HEADER.size :])[0] for sample in samples]
        self.assertEqual(averages, [21.5, 23.0])
        cockpit.wait("received_total", 2)
        self.assertEqual(cockpit.counted("lost_total"), 0)

    def test_what_an_ecu_does_not_know_is_refused_and_counted(self):
        port = free_port()
        cockpit = self.ecu("cockpit", listen=[port]).start()
        session = self.session(connect=[port])
        samples = self.heard(session, FILTERED)
        publisher = session.declare_publisher(SENSOR)
        until(lambda: publisher.matching_status.matching, "the ECU subscribes")
        value = struct.pack("<f", 21.5)
        other_type = message(value, type_hash="0011223344556677", sequence=1)
        for refused in (other_type, self.message(value, version=2), other_type[:23], b""):
            publisher.put(refused)
        cockpit.wait("refused_total", 4)
        self.assertEqual(cockpit.counted("received_total"), 0)
        self.assertEqual(samples, [])
        # Two that do not come, one that comes twice; then its sender is started again.
        for header in ({"sequence": 5}, {"sequence": 8}, {"sequence": 8}, {"start": 2, "sequence": 0}):
            publisher.put(self.message(value, **header))
        cockpit.wait("received_total", 3)
        counted = {name: cockpit.counted(f"{name}_total") for name in ("lost", "repeated", "refused")}
        self.assertEqual(counted, {"lost": 2, "repeated": 1, "refused": 4})


if __name__ == "__main__":
    unittest.main()
