//! Who sends to whom in a generated network, by a generator of numbers that gives the same each
//! time (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014: SplitMix64).

/// How far back a receiver finds its senders.
const REACH: u64 = 14;
/// Of a hundred wires so many lead back.
const FEEDBACK_PERCENT: u64 = 4;

/// Required and provided ports of each instance of a network.
pub const PORTS: usize = 3;

/// A wire of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wiring {
    /// Number of the sender, and of its provided port.
    pub from: (usize, usize),
    /// Number of the receiver, and of its required port.
    pub to: (usize, usize),
}

/// About two wires an instance, most from senders before it; each receiving port has one sender.
pub fn wiring(count: usize, seed: u64) -> Vec<Wiring> {
    let mut numbers = Numbers(seed);
    let mut wires = Vec::new();
    for to in 1..count {
        let inputs = 1 + numbers.below(PORTS as u64) as usize;
        for input in 0..inputs {
            let is_back = numbers.below(100) < FEEDBACK_PERCENT;
            let from = match is_back {
                true => (to + 1 + numbers.below(REACH) as usize).min(count - 1),
                false => to - 1 - numbers.below(REACH.min(to as u64)) as usize,
            };
            let output = numbers.below(PORTS as u64) as usize;
            wires.push(Wiring {
                from: (from, output),
                to: (to, input),
            });
        }
    }
    wires
}

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}
