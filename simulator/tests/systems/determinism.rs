//! The same system and options give the same trace, however it is run.

use crate::support::*;
use simulator::{Halt, Options, Simulation, Step, SystemFiles};

fn files() -> SystemFiles {
    let driver = {
        let mut driver = driver("climate", 0x48);
        driver.table.name = "sensor".into();
        driver
    };
    system(&[sender("climate"), driver, receiver("cockpit")])
}

fn options(seed: u64) -> Options {
    let stimuli = vec!["cabin.temperature=30@450ms".parse().unwrap()];
    Options {
        seed,
        stimuli,
        ..Options::default()
    }
}

fn whole(simulation: &Simulation) -> String {
    simulation
        .trace()
        .rows_from(0)
        .map(|row| format!("{row}\n"))
        .collect()
}

#[test]
fn two_runs_are_byte_identical_and_the_hash_is_theirs() {
    let traces: Vec<(String, String)> = (0..2)
        .map(|_| {
            let mut simulation = try_start(&files(), options(7)).unwrap();
            run(&mut simulation, SECOND);
            (whole(&simulation), simulation.summary().trace_hash)
        })
        .collect();
    assert_eq!(traces[0], traces[1]);
    assert!(traces[0].0.lines().count() > 6_000);
    assert_eq!(
        traces[0].1,
        simulator::simulation::sha256_hex(traces[0].0.as_bytes())
    );
}

#[test]
fn a_recording_is_the_same_however_it_is_made_and_changes_nothing() {
    let recorded = |pieces: u64| {
        let options = Options {
            record: Some("climate".into()),
            ..options(7)
        };
        let mut simulation = try_start(&files(), options).unwrap();
        for piece in 1..=pieces {
            run(&mut simulation, SECOND / pieces * piece);
        }
        let hash = simulation.summary().trace_hash;
        (simulation.recording().unwrap(), hash)
    };
    let (recording, hash) = recorded(1);
    assert_eq!(recorded(10), (recording.clone(), hash.clone()));
    let mut unrecorded = try_start(&files(), options(7)).unwrap();
    run(&mut unrecorded, SECOND);
    assert_eq!(unrecorded.recording(), None);
    assert_eq!(unrecorded.summary().trace_hash, hash);
    assert_eq!(recording.partition_names(), ["app", "sensor"]);
    assert!(recording.activations() > 1_000);
    let text = recording.to_text();
    for words in ["\"transmit\"", "\"confirm\"", "\"i2c\"", "\"published\""] {
        assert!(text.contains(words), "{words}");
    }
    assert_eq!(simulator::Recording::from_text(&text), Ok(recording));
}

#[test]
fn only_an_ecu_can_be_recorded() {
    let options = Options {
        record: Some("nobody".into()),
        ..Options::default()
    };
    assert_eq!(
        try_start(&files(), options).unwrap_err().to_string(),
        "there is no ECU `nobody`; there are `climate`, `cockpit`"
    );
}

#[test]
fn threads_and_pieces_change_nothing() {
    let files = files();
    let mut at_once = try_start(&files, options(7)).unwrap();
    run(&mut at_once, SECOND);
    let expected = at_once.summary();
    std::thread::scope(|scope| {
        let pieces = [1, 777_777, 10 * MS, 333 * MS];
        let workers = pieces.map(|piece_ns| {
            let files = &files;
            scope.spawn(move || {
                let mut simulation = try_start(files, options(7)).unwrap();
                // The smallest piece only at the beginning: it is slow.
                let mut until_ns = 0;
                while until_ns < SECOND {
                    until_ns += if until_ns < 200 {
                        piece_ns
                    } else {
                        piece_ns.max(500_000)
                    };
                    run(&mut simulation, until_ns.min(SECOND));
                }
                simulation.summary()
            })
        });
        workers
            .into_iter()
            .for_each(|worker| assert_eq!(worker.join().unwrap(), expected));
    });
}

#[test]
fn going_back_and_on_gives_the_same_trace() {
    let mut simulation = try_start(&files(), options(1)).unwrap();
    simulation.run_until(SECOND, &mut |simulation| simulation.summary().frames < 50);
    simulation
        .set_stimulus("cabin", "temperature", 40.0)
        .unwrap();
    simulation
        .inject_frame("can0", "001#FF".parse().unwrap())
        .unwrap();
    run(&mut simulation, SECOND);
    let (trace, hash) = (whole(&simulation), simulation.summary().trace_hash);
    let mut all = |_: &Simulation| true;
    assert_eq!(simulation.go_to(500 * MS, &mut all).unwrap(), Halt::Reached);
    assert_eq!(simulation.now_ns(), 500 * MS);
    assert!(trace.starts_with(&whole(&simulation)));
    run(&mut simulation, SECOND);
    assert_eq!(simulation.summary().trace_hash, hash);
    // Also from before the inputs: they are given again where they were.
    simulation.go_to(10 * MS, &mut all).unwrap();
    assert_eq!(simulation.inputs_ahead(), 2);
    run(&mut simulation, SECOND);
    assert_eq!(simulation.summary().trace_hash, hash);
    // Until something else is given: then the future is another one.
    simulation.go_to(10 * MS, &mut all).unwrap();
    simulation
        .set_stimulus("cabin", "temperature", 21.5)
        .unwrap();
    assert_eq!(simulation.inputs_ahead(), 0);
    run(&mut simulation, SECOND);
    assert_ne!(simulation.summary().trace_hash, hash);
    assert!(!whole(&simulation).contains("001#FF"));
}

#[test]
fn steps_are_taken_back() {
    let mut simulation = try_start(&files(), options(1)).unwrap();
    run(&mut simulation, 10 * MS);
    simulation
        .set_stimulus("cabin", "temperature", 40.0)
        .unwrap();
    let mut all = |_: &Simulation| true;
    for step in [Step::Event, Step::Task, Step::Frame] {
        let mut stood = vec![(simulation.steps(), simulation.now_ns(), whole(&simulation))];
        for _ in 0..4 {
            assert_eq!(simulation.step_until(SECOND, step), Halt::Reached);
            stood.push((simulation.steps(), simulation.now_ns(), whole(&simulation)));
        }
        // The first place is not one behind a step of that kind.
        for (steps, at_ns, trace) in stood.iter().skip(1).rev().skip(1) {
            let before = simulation.steps_before(step);
            assert_eq!(before, *steps, "{step:?}");
            simulation.rewind().unwrap();
            assert_eq!(simulation.run_to(before, &mut all), Halt::Reached);
            assert_eq!(simulation.now_ns(), *at_ns, "{step:?}");
            assert_eq!(whole(&simulation), *trace, "{step:?}");
        }
    }
    // Behind the last event the first step back is to that event.
    while simulation.next_event_ns().unwrap() <= simulation.now_ns() + 1 {
        simulation.step_until(SECOND, Step::Event);
    }
    let until_ns = simulation.next_event_ns().unwrap() - 1;
    run(&mut simulation, until_ns);
    assert_eq!(simulation.steps_before(Step::Event), simulation.steps());
    simulation.restart().unwrap();
    assert_eq!(simulation.steps_before(Step::Event), 0);
    assert_eq!(simulation.inputs_ahead(), 0, "a restart forgets inputs");
}

#[test]
fn a_restart_compiles_nothing_and_repeats() {
    let mut simulation = try_start(&files(), options(1)).unwrap();
    let compiled = programs().len();
    run(&mut simulation, 100 * MS);
    let hash = simulation.summary().trace_hash;
    simulation.restart().unwrap();
    run(&mut simulation, 100 * MS);
    assert_eq!(simulation.summary().trace_hash, hash);
    assert!(programs().len() >= compiled && compiled >= 3);
}

#[test]
fn a_simulation_can_be_sent_to_a_thread() {
    fn is_send<T: Send>() {}
    is_send::<Simulation>();
}

#[test]
fn the_canonical_trace_line_by_line() {
    let mut simulation = start(&system(&[sender("climate"), receiver("cockpit")]));
    run(&mut simulation, MS - 1);
    let expected = "\
0 stimulus cabin.temperature 21.5
0 begin climate/app/start 0
0 begin cockpit/app/start 0
1000 end climate/app/start 1000 0
1000 end cockpit/app/start 1000 0
1000 begin climate/app/send 0
2000 end climate/app/send 1000 0
128000 frame can0 123#0100 climate 2000
128000 begin cockpit/app/receive 128000
129000 publish cockpit/app/count 0100
129000 end cockpit/app/receive 1000 0
";
    assert_eq!(whole(&simulation).replace('\t', " "), expected);
}
