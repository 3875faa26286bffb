//! Components of the tests.

use crate::project::guest;

/// Counts at each `step`, gives the count by `get`; `reset` sets it to 100.
pub(crate) fn counter() -> Vec<u8> {
    guest(
        "package test:parts@1.0.0;
         interface speed { get: func() -> u32; }
         interface counter { step: func(); reset: func(); }
         world parts { export speed; export counter; }",
        r#"(module
            (global $n (mut i32) (i32.const 0))
            (func (export "test:parts/speed@1.0.0#get") (result i32) global.get $n)
            (func (export "test:parts/counter@1.0.0#reset") (global.set $n (i32.const 100)))
            (func (export "test:parts/counter@1.0.0#step")
                (global.set $n (i32.add (global.get $n) (i32.const 1)))))"#,
    )
}

/// Reads `speed` at each `step`, and gives twice that by its own `speed`.
pub(crate) fn doubler() -> Vec<u8> {
    guest(
        "package test:parts@1.0.0;
         interface speed { get: func() -> u32; }
         interface doubler { step: func(); }
         world parts { import speed; export speed; export doubler; }",
        r#"(module
            (import "test:parts/speed@1.0.0" "get" (func $get (result i32)))
            (global $n (mut i32) (i32.const 0))
            (func (export "test:parts/speed@1.0.0#get") (result i32) global.get $n)
            (func (export "test:parts/doubler@1.0.0#step")
                (global.set $n (i32.mul (call $get) (i32.const 2)))))"#,
    )
}

/// Reads `level` at each `step` and gives what it has read as a number: the value, or 1000 and the
/// status.
pub(crate) fn reader() -> Vec<u8> {
    guest(
        "package test:parts@1.0.0;
         interface level {
           use autosar:rte/types@0.1.0.{rx-error};
           get: func() -> result<u32, rx-error>;
         }
         interface shown { get: func() -> u32; }
         interface reader { step: func(); }
         world parts { import level; export shown; export reader; }",
        r#"(module
            (import "test:parts/level@1.0.0" "get" (func $get (param i32)))
            (memory (export "memory") 1)
            (global $n (mut i32) (i32.const 0))
            (func (export "test:parts/shown@1.0.0#get") (result i32) global.get $n)
            (func (export "test:parts/reader@1.0.0#step")
                (call $get (i32.const 16))
                (global.set $n (if (result i32) (i32.load8_u (i32.const 16))
                    (then (i32.add (i32.const 1000) (i32.load8_u (i32.const 20))))
                    (else (i32.load (i32.const 20)))))))"#,
    )
}

/// `step(input) -> output` with fields `position` and `speed` in, `duty` and `moving` out: duty is
/// position + speed, moving whether speed is not 0.
pub(crate) fn stepper() -> Vec<u8> {
    guest(
        "package test:parts@1.0.0;
         interface stepper {
           record step-input { position: u32, speed: f32 }
           record step-output { duty: f32, moving: bool }
           step: func(input: step-input) -> step-output;
         }
         world parts { export stepper; }",
        r#"(module
            (memory (export "memory") 1)
            (func (export "test:parts/stepper@1.0.0#step") (param $position i32) (param $speed f32) (result i32)
                (f32.store (i32.const 16)
                    (f32.add (f32.convert_i32_u (local.get $position)) (local.get $speed)))
                (i32.store8 (i32.const 20) (f32.ne (local.get $speed) (f32.const 0)))
                (i32.const 16)))"#,
    )
}

/// Two labelled ports of one interface; `step` gives their difference by `speed`.
pub(crate) fn differ() -> Vec<u8> {
    guest(
        "package test:parts@1.0.0;
         interface speed { get: func() -> u32; }
         interface differ { step: func(); }
         world parts { import left: speed; import right: speed; export speed; export differ; }",
        r#"(module
            (import "left" "get" (func $left (result i32)))
            (import "right" "get" (func $right (result i32)))
            (global $n (mut i32) (i32.const 0))
            (func (export "test:parts/speed@1.0.0#get") (result i32) global.get $n)
            (func (export "test:parts/differ@1.0.0#step")
                (global.set $n (i32.sub (call $left) (call $right)))))"#,
    )
}
