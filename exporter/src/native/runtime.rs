//! The native runtime's C sources, as they go into every C project. A test compares the list and
//! the folder `exporter/native/`.

/// Path in the project, content.
pub(crate) const COMMON: &[(&str, &str)] = &[
    ("asked.c", include_str!("../../native/asked.c")),
    ("can.c", include_str!("../../native/can.c")),
    ("can.h", include_str!("../../native/can.h")),
    ("can_types.c", include_str!("../../native/can_types.c")),
    ("handles.c", include_str!("../../native/handles.c")),
    ("host.c", include_str!("../../native/host.c")),
    ("i2c.c", include_str!("../../native/i2c.c")),
    ("imports.h", include_str!("../../native/imports.h")),
    ("link.c", include_str!("../../native/link.c")),
    ("link.h", include_str!("../../native/link.h")),
    ("mailbox.c", include_str!("../../native/mailbox.c")),
    ("nv.c", include_str!("../../native/nv.c")),
    ("pins.c", include_str!("../../native/pins.c")),
    ("pins.h", include_str!("../../native/pins.h")),
    ("poll.c", include_str!("../../native/poll.c")),
    ("random.c", include_str!("../../native/random.c")),
    ("replay.c", include_str!("../../native/replay.c")),
    ("runtime.c", include_str!("../../native/runtime.c")),
    ("schedule.c", include_str!("../../native/schedule.c")),
    ("slcan.c", include_str!("../../native/slcan.c")),
    ("spi.c", include_str!("../../native/spi.c")),
    ("streams.c", include_str!("../../native/streams.c")),
    ("told.c", include_str!("../../native/told.c")),
    ("trace.c", include_str!("../../native/trace.c")),
    ("translated.h", include_str!("../../native/translated.h")),
    ("wasi.c", include_str!("../../native/wasi.c")),
    ("wasm-rt.h", include_str!("../../native/wasm-rt.h")),
    ("watches.c", include_str!("../../native/watches.c")),
    ("wireloom.h", include_str!("../../native/wireloom.h")),
];

/// For boards without a C library.
pub(crate) const FREESTANDING: &[(&str, &str)] = &[
    (
        "freestanding/alloca.h",
        include_str!("../../native/freestanding/alloca.h"),
    ),
    (
        "freestanding/assert.h",
        include_str!("../../native/freestanding/assert.h"),
    ),
    (
        "freestanding/cortex_m.S",
        include_str!("../../native/freestanding/cortex_m.S"),
    ),
    (
        "freestanding/cortex_m.c",
        include_str!("../../native/freestanding/cortex_m.c"),
    ),
    (
        "freestanding/cortex_m.h",
        include_str!("../../native/freestanding/cortex_m.h"),
    ),
    (
        "freestanding/cortex_m.ld",
        include_str!("../../native/freestanding/cortex_m.ld"),
    ),
    (
        "freestanding/freestanding.c",
        include_str!("../../native/freestanding/freestanding.c"),
    ),
    (
        "freestanding/math.h",
        include_str!("../../native/freestanding/math.h"),
    ),
    (
        "freestanding/setjmp.h",
        include_str!("../../native/freestanding/setjmp.h"),
    ),
    (
        "freestanding/soft_float.c",
        include_str!("../../native/freestanding/soft_float.c"),
    ),
    (
        "freestanding/stdlib.h",
        include_str!("../../native/freestanding/stdlib.h"),
    ),
    (
        "freestanding/string.h",
        include_str!("../../native/freestanding/string.h"),
    ),
];

pub(crate) const MPS2: &[(&str, &str)] = &[
    ("boards/mps2.c", include_str!("../../native/boards/mps2.c")),
    (
        "boards/mps2.ld",
        include_str!("../../native/boards/mps2.ld"),
    ),
    (
        "boards/mps2_io.c",
        include_str!("../../native/boards/mps2_io.c"),
    ),
];

pub(crate) const DUE: &[(&str, &str)] = &[
    ("boards/due.c", include_str!("../../native/boards/due.c")),
    ("boards/due.ld", include_str!("../../native/boards/due.ld")),
    (
        "boards/due_nv.c",
        include_str!("../../native/boards/due_nv.c"),
    ),
    (
        "boards/due_pins.c",
        include_str!("../../native/boards/due_pins.c"),
    ),
    (
        "boards/due_spi.c",
        include_str!("../../native/boards/due_spi.c"),
    ),
];

pub(crate) const ESP32: &[(&str, &str)] = &[
    (
        "boards/esp32.c",
        include_str!("../../native/boards/esp32.c"),
    ),
    (
        "boards/esp32_io.c",
        include_str!("../../native/boards/esp32_io.c"),
    ),
    (
        "CMakeLists.txt",
        include_str!("../../native/esp32/CMakeLists.txt"),
    ),
    (
        "main/CMakeLists.txt",
        include_str!("../../native/esp32/main/CMakeLists.txt"),
    ),
    (
        "sdkconfig.defaults",
        include_str!("../../native/esp32/sdkconfig.defaults"),
    ),
];
