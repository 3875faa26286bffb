//! What a receiver says of messages in order and out of it, and when its state machine trusts them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use protection::{
    Checked, Configuration, IdMode, Machine, Problem, Profile, Receiver, Sender, State, Status,
    UNTRUSTED, USABLE, Window,
};

fn configuration(profile: Profile) -> Configuration {
    Configuration {
        data_id: 0x123,
        ..Configuration::new(profile)
    }
}

/// A bus on which the test decides what arrives.
struct Line {
    configuration: Configuration,
    sender: Sender,
    receiver: Receiver,
}

impl Line {
    fn new(configuration: Configuration) -> Self {
        Self {
            configuration,
            sender: Sender::new(),
            receiver: Receiver::new(),
        }
    }

    fn message(&mut self) -> Vec<u8> {
        let mut data = vec![0; 24];
        self.sender.protect(&self.configuration, &mut data).unwrap();
        data
    }

    fn arrives(&mut self, data: &[u8]) -> (Status, State) {
        let checked = self.receiver.check(&self.configuration, Some(data));
        (checked.status, checked.state)
    }

    fn next(&mut self) -> (Status, State) {
        let data = self.message();
        self.arrives(&data)
    }

    fn damaged(&mut self) -> (Status, State) {
        let mut data = self.message();
        *data.last_mut().unwrap() ^= 1;
        self.arrives(&data)
    }

    fn nothing(&mut self) -> (Status, State) {
        let checked = self.receiver.check(&self.configuration, None);
        (checked.status, checked.state)
    }
}

#[test]
fn every_profile_comes_to_trust_its_sender_and_small_counters_go_round() {
    for profile in Profile::ALL {
        let mut line = Line::new(configuration(profile));
        line.next();
        line.next();
        line.next();
        let rounds = line.configuration.profile.last_counter().min(300) + 3;
        for number in 0..rounds {
            assert_eq!(
                line.next(),
                (Status::Ok, State::Valid),
                "{profile:?} {number}"
            );
        }
    }
}

#[test]
fn repeated_lost_and_damaged_messages_are_told_apart() {
    for profile in Profile::ALL {
        let mut line = Line::new(Configuration {
            max_delta_counter: 2,
            ..configuration(profile)
        });
        for _ in 0..4 {
            line.next();
        }
        let data = line.message();
        line.arrives(&data);
        assert_eq!(line.arrives(&data).0, Status::Repeated, "{profile:?}");
        line.next();
        line.message();
        assert_eq!(line.next().0, Status::OkSomeLost, "{profile:?}");
        for _ in 0..5 {
            line.message();
        }
        assert_eq!(line.next().0, Status::WrongSequence, "{profile:?}");
        assert_eq!(line.damaged().0, Status::Error, "{profile:?}");
        assert_eq!(line.nothing().0, Status::NoNewData, "{profile:?}");
    }
}

#[test]
fn a_message_of_another_sender_is_an_error() {
    for profile in Profile::ALL {
        let mut line = Line::new(configuration(profile));
        line.next();
        let other = Configuration {
            data_id: 0x223,
            data_ids: [7; 16],
            ..line.configuration
        };
        let mut data = vec![0; 24];
        Sender::new().protect(&other, &mut data).unwrap();
        assert_eq!(line.arrives(&data).0, Status::Error, "{profile:?}");
    }
}

#[test]
fn the_first_message_begins_the_second_is_trusted() {
    let mut line = Line::new(configuration(Profile::P05));
    assert_eq!(line.nothing(), (Status::NoNewData, State::NoData));
    assert_eq!(line.damaged(), (Status::Error, State::NoData));
    // The damaged one counted at its sender.
    assert_eq!(line.next(), (Status::WrongSequence, State::Init));
    assert_eq!(line.next(), (Status::Ok, State::Valid));
}

#[test]
fn one_error_is_stood_a_second_one_in_the_window_is_not() {
    let mut line = Line::new(configuration(Profile::P05));
    for _ in 0..6 {
        line.next();
    }
    assert_eq!(line.damaged(), (Status::Error, State::Valid));
    // Its counter is missing.
    assert_eq!(line.next(), (Status::WrongSequence, State::Valid));
    assert_eq!(line.damaged(), (Status::Error, State::Invalid));
    // As long as one of the errors is in the window of five, it stays so.
    let expected = [
        (Status::WrongSequence, State::Invalid),
        (Status::Ok, State::Invalid),
        (Status::Ok, State::Invalid),
        (Status::Ok, State::Invalid),
        (Status::Ok, State::Valid),
    ];
    for one in expected {
        assert_eq!(line.next(), one);
    }
}

#[test]
fn what_does_not_come_makes_the_state_invalid() {
    let mut line = Line::new(configuration(Profile::P07));
    for _ in 0..7 {
        line.next();
    }
    for _ in 0..4 {
        assert_eq!(line.nothing(), (Status::NoNewData, State::Valid));
    }
    assert_eq!(line.nothing(), (Status::NoNewData, State::Invalid));
}

#[test]
fn windows_of_other_sizes_forget_what_they_do_not_reach() {
    let window = |size, min_ok, max_error| Window {
        size,
        min_ok,
        max_error,
    };
    let machine = Machine {
        init: window(2, 2, 0),
        valid: window(4, 1, 0),
        invalid: window(3, 1, 0),
        clear_to_invalid: true,
    };
    let mut line = Line::new(Configuration {
        machine,
        ..configuration(Profile::P05)
    });
    assert_eq!(line.next().1, State::Init);
    assert_eq!(line.next().1, State::Init);
    assert_eq!(line.next().1, State::Valid);
    assert_eq!(line.damaged().1, State::Invalid);
    // The error was forgotten with the state.
    assert_eq!(line.next(), (Status::WrongSequence, State::Invalid));
    assert_eq!(line.next(), (Status::Ok, State::Valid));
}

#[test]
fn profile_1_joins_counters_after_a_silence() {
    let mut line = Line::new(Configuration {
        max_no_new_or_repeated: 3,
        sync_counter: 2,
        ..configuration(Profile::P01)
    });
    assert_eq!(line.next().0, Status::Initial);
    assert_eq!(line.next().0, Status::Ok);
    for _ in 0..4 {
        assert_eq!(line.nothing().0, Status::NoNewData);
    }
    let statuses: Vec<Status> = (0..4).map(|_| line.next().0).collect();
    assert_eq!(
        statuses,
        [Status::Sync, Status::Sync, Status::Sync, Status::Ok]
    );
}

#[test]
fn profile_1_allows_a_larger_step_for_each_check_without_a_message() {
    let mut line = Line::new(configuration(Profile::P01));
    line.next();
    // The standard's own example: after counter 0, largest step 1, counters 1 and 2 are taken.
    line.message();
    assert_eq!(line.next().0, Status::OkSomeLost);
    line.message();
    line.message();
    assert_eq!(line.next().0, Status::WrongSequence);
    assert_eq!(line.next().0, Status::Sync);
    line.nothing();
    line.message();
    line.message();
    assert_eq!(line.next().0, Status::OkSomeLost);
}

#[test]
fn what_cannot_be_protected_is_refused_in_words() {
    let problem = |configuration: Configuration, length: usize| {
        let problem = configuration.problem(length).unwrap();
        let mut data = vec![0; length];
        assert_eq!(
            Sender::new().protect(&configuration, &mut data),
            Err(problem)
        );
        let checked = Receiver::new().check(&configuration, Some(&data));
        assert_eq!(checked.status, Status::Error);
        assert!(data.iter().all(|byte| *byte == 0));
        problem
    };
    let words = |configuration, length| problem(configuration, length).to_string();
    let of = configuration;
    assert_eq!(
        words(of(Profile::P04), 8),
        "the header ends at byte 12, behind the data"
    );
    assert_eq!(
        words(of(Profile::P01), 31),
        "the profile protects 30 bytes at most"
    );
    let overlapping = Configuration {
        counter_offset_bits: 4,
        ..of(Profile::P11)
    };
    assert_eq!(problem(overlapping, 8), Problem::Overlap);
    let nibble = Configuration {
        id_mode: IdMode::Nibble,
        nibble_offset_bits: 8,
        ..of(Profile::P11)
    };
    assert_eq!(
        words(nibble, 8),
        "CRC, counter and nibble of the Data ID overlap"
    );
    let unaligned = Configuration {
        crc_offset_bits: 12,
        ..of(Profile::P01)
    };
    assert_eq!(
        words(unaligned, 8),
        "the CRC does not begin at a multiple of 8 bits"
    );
    let large = Configuration {
        data_id: 0x1_0000,
        ..of(Profile::P05)
    };
    assert_eq!(words(large, 8), "the Data ID is above 0xffff");
    let still = Configuration {
        max_delta_counter: 0,
        ..of(Profile::P05)
    };
    assert_eq!(
        words(still, 8),
        "the largest step of the counter is not 1 to 254"
    );
    let mode = Configuration {
        id_mode: IdMode::Low,
        ..of(Profile::P11)
    };
    assert_eq!(
        words(mode, 8),
        "profile 11 has the modes `both` and `nibble` only"
    );
    let mut window = of(Profile::P05);
    window.machine.init.size = 6;
    assert_eq!(
        words(window, 8),
        "the window in state init does not hold 1 to 32 checks, holds more than that of state \
         valid, or asks for more than it holds"
    );
}

#[test]
fn what_a_sender_writes_is_what_it_says() {
    for profile in Profile::ALL {
        let configuration = Configuration {
            data_id: 0x7ff,
            data_ids: [0xff; 16],
            id_mode: IdMode::Nibble,
            ..Configuration::new(profile)
        };
        let mut sender = Sender::new();
        let mut written = [0_u8; 24];
        let mut untouched = [0xff_u8; 24];
        for _ in 0..64 {
            let mut zeros = [0; 24];
            sender.protect(&configuration, &mut zeros).unwrap();
            let mut ones = [0xff; 24];
            sender.protect(&configuration, &mut ones).unwrap();
            // A third one, or zeros would always meet even counters.
            sender.protect(&configuration, &mut [0; 24]).unwrap();
            for at in 0..24 {
                written[at] |= zeros[at] | !ones[at];
                untouched[at] &= ones[at] & !zeros[at];
            }
        }
        for bit in 0..24 * 8 {
            let is_written = written[bit / 8] >> (bit % 8) & 1 == 1;
            assert_eq!(
                configuration.writes(bit),
                is_written,
                "{profile:?} bit {bit}"
            );
            assert_ne!(is_written, untouched[bit / 8] >> (bit % 8) & 1 == 1);
        }
    }
}

#[test]
fn the_bits_of_a_check_are_those_of_its_names() {
    let checked = |status: Status, state: State| Checked { status, state };
    for (status, name) in [
        (Status::Ok, "ok"),
        (Status::Error, "error"),
        (Status::Sync, "sync"),
    ] {
        let bits = checked(status, State::Valid).to_bits();
        assert_eq!(Status::NAMES[(bits & 0xff) as usize], name);
        assert_eq!(State::NAMES[(bits >> 8 & 0xff) as usize], "valid");
        assert_eq!(bits & USABLE != 0, status != Status::Error);
        assert_eq!(bits & UNTRUSTED, 0);
    }
    let bits = checked(Status::Ok, State::Invalid).to_bits();
    assert_eq!(State::NAMES[(bits >> 8 & 0xff) as usize], "invalid");
    assert_eq!((bits & USABLE, bits & UNTRUSTED), (0, UNTRUSTED));
}

#[test]
fn a_configuration_is_what_its_bytes_say() {
    for profile in Profile::ALL {
        for id_mode in IdMode::ALL {
            let mut one = Configuration {
                data_id: 0x0102_0304,
                data_ids: [9; 16],
                id_mode,
                offset_bytes: 0x1234,
                crc_offset_bits: 8,
                counter_offset_bits: 16,
                nibble_offset_bits: 20,
                max_delta_counter: 0x0506_0708,
                max_no_new_or_repeated: 3,
                sync_counter: 4,
                ..Configuration::new(profile)
            };
            one.machine.clear_to_invalid = true;
            assert_eq!(Configuration::from_bytes(&one.to_bytes()), Some(one));
        }
    }
    assert_eq!(Configuration::from_bytes(&[3; 46]), None);
    assert_eq!(Configuration::from_bytes(&[1; 45]), None);
}
