//! Components of 2024's toolchains open: WASI 0.2.0, and names as older encoders wrote them.

use super::{build, open, port, sorted};
use autosar_wit::component::{PortItem, PortKind};
use autosar_wit::types::ValueType;
use autosar_wit::{print, read};

/// As toolchains of early 2024 wrote it: WASI 0.2.0, resources across interfaces.
const OLD: &str = r#"
package old:app;
world app {
    import wasi:io/streams@0.2.0;
    import wasi:clocks/monotonic-clock@0.2.0;
    export wasi:cli/run@0.2.0;
}
package wasi:io@0.2.0 {
    interface error { resource error { to-debug-string: func() -> string; } }
    interface poll {
        resource pollable { ready: func() -> bool; block: func(); }
        poll: func(in: list<borrow<pollable>>) -> list<u32>;
    }
    interface streams {
        use error.{error as io-error};
        use poll.{pollable};
        variant stream-error { last-operation-failed(io-error), closed }
        resource output-stream {
            check-write: func() -> result<u64, stream-error>;
            write: func(contents: list<u8>) -> result<_, stream-error>;
            subscribe: func() -> pollable;
        }
    }
}
package wasi:clocks@0.2.0 {
    interface monotonic-clock {
        use wasi:io/poll@0.2.0.{pollable};
        type instant = u64;
        type duration = u64;
        now: func() -> instant;
        subscribe-duration: func(when: duration) -> pollable;
    }
}
package wasi:cli@0.2.0 { interface run { run: func() -> result; } }
"#;

#[test]
fn components_of_2024_open() {
    let component = open(OLD);
    let platform = component
        .ports
        .iter()
        .all(|port| port.kind == PortKind::Platform);
    assert!(platform, "{component:#?}");
    let PortItem::Interface(clock) = &port(&component, "wasi:clocks/monotonic-clock@0.2.0").item
    else {
        panic!()
    };
    let again = read::wit_files(&[("w.wit", &print::world(&component))], None).unwrap();
    assert_eq!(sorted(again.ports), sorted(component.ports.clone()));
    let subscribe = clock.function("subscribe-duration").unwrap();
    let Some(ValueType::Own(pollable)) = &subscribe.result else {
        panic!()
    };
    assert_eq!(
        pollable.owner.as_ref().unwrap().to_string(),
        "wasi:io/poll@0.2.0"
    );
}

/// Encoders before autumn 2024 marked interface names with a 1 where there is a 0 now.
#[test]
fn names_as_older_encoders_wrote_them_are_read() {
    let mut bytes = build(OLD);
    let mut marked = 0;
    for at in 2..bytes.len() {
        let is_name = bytes[at..].starts_with(b"wasi:") && bytes[at - 2] == 0;
        if is_name && usize::from(bytes[at - 1]) < 40 {
            bytes[at - 2] = 1;
            marked += 1;
        }
    }
    assert!(marked > 4, "{marked}");
    let old = read::component(&bytes, "test.wasm").unwrap();
    assert_eq!(old.ports, open(OLD).ports);
}
