"""Estimates of the budget hold on a virtual board: on the samples, and on what they were not tuned on."""

import unittest

import budget


class Budget(unittest.TestCase):
    """One board of each form; scripts/measure-budget looks at all of them."""

    def test_estimates_of_interpreted_images_hold(self):
        seen = budget.everything(["qemu-mps2-an386"], (*budget.TUNED, *budget.OTHERS))
        self.assertEqual(len(seen), 6)
        self.assertTrue(all(len(one.figures()) == 4 for one in seen), budget.table(seen))
        self.assertEqual(list(budget.beyond(seen)), [], budget.table(seen))

    def test_estimates_of_native_images_hold(self):
        seen = budget.everything([budget.NATIVE], (*budget.TUNED, *budget.OTHERS))
        self.assertEqual(len(seen), 4)
        self.assertTrue(all(one.figures() for one in seen), budget.table(seen))
        self.assertEqual(list(budget.beyond(seen)), [], budget.table(seen))

    def test_a_wrong_estimate_is_found(self):
        seen = budget.Seen("qemu-mps2-an386", "thermal/climate", {"ram": {"heap_bytes": 130, "stack_bytes": 100}, "start": {"instructions": 100}, "partitions": []}, heap=100, stack=100, start=100)
        (found,) = budget.beyond([seen])
        self.assertIn("heap 130, in QEMU 100; 10.0 % are allowed", found)

    def test_factors_come_back_from_what_they_made(self):
        rows = [(1, 10, 0), (1, 20, 3), (1, 5, 7), (1, 40, 1)]
        made = [100 + 3 * fuel + 50 * records for _, fuel, records in rows]
        found = budget.least_squares(rows, made)
        for one, factor in zip(found, (100, 3, 50)):
            self.assertAlmostEqual(one, factor, places=2)
        self.assertGreaterEqual(min(budget.least_squares([(1, 1), (1, 2)], [10, 5])), 0)


if __name__ == "__main__":
    unittest.main()
