//! What stands in for the platform: errors where a type has them, handles of nothing, numbers that
//! are the same in every run. A stock engine that serves none of it takes the partition.

use crate::{
    host::Host,
    project::{Project, guest},
};
use graph_core::compose::ComposeError;

/// `step` reaches for a network, folders and random numbers, and gives by `speed` what came of it:
/// the outcome of a socket (100 and the error, or 200 and the error of connecting) and the low byte
/// of a random number times 1000, and 500 for each folder, and the error of looking a name up times
/// a million.
fn curious() -> Vec<u8> {
    guest(
        "package test:parts@1.0.0;
         interface speed { get: func() -> u32; }
         interface curious { step: func(); }
         world parts {
           import wasi:sockets/instance-network@0.2.0;
           import wasi:sockets/tcp@0.2.0;
           import wasi:sockets/ip-name-lookup@0.2.0;
           import wasi:filesystem/preopens@0.2.0;
           import wasi:random/random@0.2.0;
           export speed;
           export curious;
         }
         package wasi:sockets@0.2.0 {
           interface network {
             resource network;
             enum error-code { unknown, access-denied, remote-unreachable, name-unresolvable }
           }
           interface instance-network {
             use network.{network};
             instance-network: func() -> network;
           }
           interface tcp {
             use network.{network, error-code};
             resource tcp-socket {
               connect: func(network: borrow<network>) -> result<_, error-code>;
             }
             create: func() -> result<tcp-socket, error-code>;
           }
           interface ip-name-lookup {
             use network.{network, error-code};
             resource resolve-address-stream { next: func(); }
             resolve-addresses: func(network: borrow<network>, name: string) -> result<resolve-address-stream, error-code>;
           }
         }
         package wasi:filesystem@0.2.0 {
           interface types { resource descriptor { sync: func(); } }
           interface preopens {
             use types.{descriptor};
             get-directories: func() -> list<tuple<descriptor, string>>;
           }
         }
         package wasi:random@0.2.0 {
           interface random {
             get-random-bytes: func(len: u64) -> list<u8>;
             get-random-u64: func() -> u64;
           }
         }",
        r#"(module
            (import "wasi:sockets/instance-network@0.2.0" "instance-network" (func $network (result i32)))
            (import "wasi:sockets/tcp@0.2.0" "create" (func $create (param i32)))
            (import "wasi:sockets/tcp@0.2.0" "[method]tcp-socket.connect" (func $connect (param i32 i32 i32)))
            (import "wasi:sockets/ip-name-lookup@0.2.0" "resolve-addresses" (func $look-up (param i32 i32 i32 i32)))
            (import "wasi:filesystem/preopens@0.2.0" "get-directories" (func $folders (param i32)))
            (import "wasi:random/random@0.2.0" "get-random-bytes" (func $bytes (param i64 i32)))
            (import "wasi:random/random@0.2.0" "get-random-u64" (func $number (result i64)))
            (memory (export "memory") 1)
            (global $n (mut i32) (i32.const 0))
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export "test:parts/speed@1.0.0#get") (result i32) global.get $n)
            (func (export "test:parts/curious@1.0.0#step") (local $socket i32)
                (call $create (i32.const 16))
                (if (i32.load8_u (i32.const 16))
                    (then (global.set $n (i32.add (i32.const 100) (i32.load8_u (i32.const 20)))))
                    (else
                        (local.set $socket (i32.load (i32.const 20)))
                        (call $connect (local.get $socket) (call $network) (i32.const 32))
                        (global.set $n (i32.add (i32.const 200) (i32.load8_u (i32.const 33))))))
                (call $look-up (call $network) (i32.const 0) (i32.const 0) (i32.const 56))
                (if (i32.load8_u (i32.const 56))
                    (then (global.set $n (i32.add (global.get $n)
                        (i32.mul (i32.const 1000000) (i32.load8_u (i32.const 60)))))))
                (call $folders (i32.const 40))
                (global.set $n (i32.add (global.get $n) (i32.mul (i32.const 500) (i32.load (i32.const 44)))))
                (drop (call $number))
                (call $bytes (i64.const 3) (i32.const 48))
                (if (i32.ne (i32.load (i32.const 52)) (i32.const 3)) (then unreachable))
                (global.set $n (i32.add (global.get $n)
                    (i32.mul (i32.const 1000) (i32.load8_u (i32.load (i32.const 48))))))))"#,
    )
}

fn project(capabilities: &str) -> Project {
    Project::new()
        .component("curious", &curious())
        .component("counter", &crate::guests::counter())
        .instance(
            "a",
            "curious",
            "climate/main",
            &["test:parts/curious@1.0.0#step timing"],
        )
        .text(&format!("[instances.a.capabilities]\n{capabilities}"))
        // Its value leaves the partition.
        .component("reader", &crate::guests::doubler())
        .instance(
            "b",
            "reader",
            "climate/rear",
            &["test:parts/doubler@1.0.0#step data-received"],
        )
        .buffered("a.test:parts/speed@1.0.0", "b.test:parts/speed@1.0.0")
}

/// What `a` gives after each of two steps.
fn speeds(capabilities: &str) -> Vec<u32> {
    let composed = project(capabilities).compose().unwrap();
    let mut host = Host::new(&composed.partitions[0]);
    let mut read = || {
        let published = host.published_by("a-step");
        let text = published[0].rsplit(" = ").next().unwrap();
        text.parse().unwrap()
    };
    vec![read(), read()]
}

/// Low bytes of the second and the sixth number of SplitMix64 from zero, 0x6e789e6aa1b965f4 and
/// 0x53cb9f0c747ea2ea: a step takes one number, and one for each of three bytes.
const SECOND: u32 = 0xf4;
const SIXTH: u32 = 0xea;

#[test]
fn a_virtual_network_reaches_nobody_and_virtual_numbers_are_known() {
    let speeds = speeds("network = \"virtual\"\nfiles = \"virtual\"\nrandom = \"virtual\"");
    assert_eq!(
        speeds,
        [3_000_202 + 1000 * SECOND, 3_000_202 + 1000 * SIXTH]
    );
}

#[test]
fn what_is_denied_answers_its_error_and_no_folders() {
    let speeds = speeds("network = \"deny\"\nfiles = \"deny\"\nrandom = \"virtual\"");
    assert_eq!(speeds[0], 1_000_101 + 1000 * SECOND);
}

#[test]
fn there_is_no_virtual_can() {
    let error = project("network = \"virtual\"\ncan = \"virtual\"").compose();
    let ComposeError::Capability { .. } = error.as_ref().unwrap_err() else {
        panic!("{error:?}");
    };
    assert_eq!(
        error.unwrap_err().to_string(),
        "there is no virtual CAN that an instance could be given; deny it or allow it, for `a`"
    );
}
