//! Two hosts for the same answers: one by the engine's component interface, one by hand on the
//! flattened module's memories. Each writes down what it was asked.

use deployment::Partition;
use exporter::native::{Call, Does, Value};
use wasmtime::{
    Caller, Engine, Extern, FuncType, Linker, StoreContextMut, Val, ValType,
    component::{self, Component, ComponentType, Lower, Resource, ResourceType},
};

/// What the host answers, by a seed, and what it was asked.
pub(crate) struct Answers {
    state: u64,
    /// Bytes of each element that can be taken; none where its type is not plain.
    elements: Vec<Option<usize>>,
    pdus: Vec<usize>,
    pub(crate) log: Vec<String>,
}

impl Answers {
    pub(crate) fn new(seed: u64, table: &Partition) -> Answers {
        let bytes = |value: &str| match value {
            "bool" => Some(1),
            "f32" => Some(4),
            "f64" => Some(8),
            _ => None,
        };
        Answers {
            state: seed,
            elements: table.elements.iter().map(|one| bytes(&one.value)).collect(),
            pdus: table
                .pdus
                .iter()
                .map(|pdu| pdu.length_bytes.into())
                .collect(),
            log: Vec::new(),
        }
    }

    fn next(&mut self) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695);
        self.state >> 33
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    fn note(&mut self, text: String) {
        self.log.push(text);
    }

    fn now(&mut self) -> u64 {
        self.note("now".into());
        self.next() * 1_000_000
    }

    fn take_element(&mut self, element: u32) -> Option<Vec<u8>> {
        self.note(format!("take element {element}"));
        let count = self.elements[element as usize]?;
        match (self.next() % 3, count) {
            (0, _) => None,
            (_, 1) => Some(vec![self.next() as u8 & 1]),
            // Small numbers: no NaN, whose bits an engine may choose.
            (_, 4) => Some((self.next() as f32 / 1e6).to_le_bytes().to_vec()),
            (_, _) => Some((self.next() as f64 / 1e6).to_le_bytes().to_vec()),
        }
    }

    fn take_frame(&mut self, pdu: u32) -> Option<Vec<u8>> {
        self.note(format!("take frame {pdu}"));
        let count = self.pdus[pdu as usize];
        (!self.next().is_multiple_of(3)).then(|| self.bytes(count))
    }

    fn write_read(&mut self, address: u16, data: &[u8], count: u64) -> Result<Vec<u8>, ErrorCode> {
        self.note(format!("write_read {address} {data:x?} {count}"));
        match self.next() % 5 {
            0 => Err(ErrorCode::Bus),
            _ => Ok(self.bytes(count as usize)),
        }
    }

    fn write(&mut self, address: u16, data: &[u8]) -> Result<(), ErrorCode> {
        self.note(format!("write {address} {data:x?}"));
        match self.next() % 5 {
            0 => Err(ErrorCode::NoAcknowledge(Source::Data)),
            _ => Ok(()),
        }
    }
}

#[derive(ComponentType, Lower)]
#[component(variant)]
enum ErrorCode {
    #[component(name = "bus")]
    Bus,
    #[component(name = "arbitration-loss")]
    #[allow(dead_code, reason = "the interface has it")]
    ArbitrationLoss,
    #[component(name = "no-acknowledge")]
    NoAcknowledge(Source),
    #[component(name = "overrun")]
    #[allow(dead_code, reason = "the interface has it")]
    Overrun,
    #[component(name = "other")]
    #[allow(dead_code, reason = "the interface has it")]
    Other,
}

#[derive(Clone, Copy, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
#[allow(dead_code, reason = "the interface has them")]
enum Source {
    #[component(name = "address")]
    Address,
    #[component(name = "data")]
    Data,
    #[component(name = "unknown")]
    Unknown,
}

struct Bus;
type Host<'a> = StoreContextMut<'a, Answers>;

pub(crate) fn component_host(engine: &Engine, component: &Component) -> component::Linker<Answers> {
    let mut linker = component::Linker::<Answers>::new(engine);
    let mut ecu = |name: &str, define: &dyn Fn(&mut component::LinkerInstance<'_, Answers>)| {
        define(&mut linker.instance(name).unwrap());
    };
    ecu("wireloom:ecu/clock@0.1.0", &|one| {
        one.func_wrap("now", |mut host: Host<'_>, (): ()| {
            Ok((host.data_mut().now(),))
        })
        .unwrap();
    });
    ecu("wireloom:ecu/meter@0.1.0", &|one| {
        one.func_wrap("enter", |mut host: Host<'_>, (runnable,): (u32,)| {
            host.data_mut().note(format!("enter {runnable}"));
            Ok(())
        })
        .unwrap();
        one.func_wrap("leave", |mut host: Host<'_>, (): ()| {
            host.data_mut().note("leave".into());
            Ok(())
        })
        .unwrap();
    });
    ecu("wireloom:ecu/elements@0.1.0", &|one| {
        one.func_wrap(
            "publish",
            |mut host: Host<'_>, (element, value): (u32, Vec<u8>)| {
                host.data_mut()
                    .note(format!("publish {element} {value:x?}"));
                Ok(())
            },
        )
        .unwrap();
        one.func_wrap("refuse", |mut host: Host<'_>, (element,): (u32,)| {
            host.data_mut().note(format!("refuse {element}"));
            Ok(())
        })
        .unwrap();
        one.func_wrap("take", |mut host: Host<'_>, (element,): (u32,)| {
            Ok((host.data_mut().take_element(element),))
        })
        .unwrap();
    });
    ecu("wireloom:ecu/frames@0.1.0", &|one| {
        one.func_wrap(
            "transmit",
            |mut host: Host<'_>, (pdu, data): (u32, Vec<u8>)| {
                host.data_mut().note(format!("transmit {pdu} {data:x?}"));
                Ok(())
            },
        )
        .unwrap();
        one.func_wrap("take", |mut host: Host<'_>, (pdu,): (u32,)| {
            Ok((host.data_mut().take_frame(pdu),))
        })
        .unwrap();
    });
    ecu("wasi:i2c/i2c@0.2.0-draft", &|one| {
        one.resource("i2c", ResourceType::host::<Bus>(), |_, _| Ok(()))
            .unwrap();
        one.func_wrap(
            "[method]i2c.write",
            |mut host: Host<'_>, (_, address, data): (Resource<Bus>, u16, Vec<u8>)| {
                Ok((host.data_mut().write(address, &data),))
            },
        )
        .unwrap();
        one.func_wrap(
            "[method]i2c.write-read",
            |mut host: Host<'_>, (_, address, data, count): (Resource<Bus>, u16, Vec<u8>, u64)| {
                Ok((host.data_mut().write_read(address, &data, count),))
            },
        )
        .unwrap();
    });
    ecu("wireloom:ecu/buses@0.1.0", &|one| {
        one.resource("i2c", ResourceType::host::<Bus>(), |_, _| Ok(()))
            .unwrap();
        one.func_wrap("open-i2c", |mut host: Host<'_>, (name,): (String,)| {
            host.data_mut().note(format!("open {name}"));
            Ok((Resource::<Bus>::new_own(1),))
        })
        .unwrap();
    });
    // A component that takes a bus by a root function names its resource there.
    linker
        .root()
        .resource("i2c", ResourceType::host::<Bus>(), |_, _| Ok(()))
        .unwrap();
    linker.define_unknown_imports_as_traps(component).unwrap();
    linker
}

pub(crate) fn core_host(engine: &Engine, calls: &[Call]) -> Linker<Answers> {
    let mut linker = Linker::<Answers>::new(engine);
    for (number, call) in calls.iter().enumerate() {
        let value = |value: &Value| match value {
            Value::I32 => ValType::I32,
            Value::I64 => ValType::I64,
            Value::F32 => ValType::F32,
            Value::F64 => ValType::F64,
        };
        let ty = FuncType::new(
            engine,
            call.parameters.iter().map(value),
            call.result.iter().map(value),
        );
        let call = call.clone();
        linker
            .func_new(
                "host",
                &format!("call{number}"),
                ty,
                move |guest, arguments, results| {
                    let mut side = Side { guest, call: &call };
                    side.answer(arguments, results);
                    Ok(())
                },
            )
            .unwrap();
    }
    linker
}

/// The instance that calls, with its memory.
struct Side<'a> {
    guest: Caller<'a, Answers>,
    call: &'a Call,
}

impl Side<'_> {
    fn memory(&mut self, number: u32) -> wasmtime::Memory {
        match self.guest.get_export(&format!("memory{number}")) {
            Some(Extern::Memory(memory)) => memory,
            _ => panic!("memory{number}"),
        }
    }

    fn read(&mut self, at: u32, count: u32) -> Vec<u8> {
        let memory = self.memory(self.call.caller.memory.unwrap());
        memory.data(&self.guest)[at as usize..][..count as usize].to_vec()
    }

    fn write(&mut self, at: u32, bytes: &[u8]) {
        let memory = self.memory(self.call.caller.memory.unwrap());
        memory.write(&mut self.guest, at as usize, bytes).unwrap();
    }

    /// Bytes at a place that the guest gives, and address and length of them at `at`.
    fn list(&mut self, at: u32, bytes: &[u8]) {
        let name = format!("realloc{}", self.call.caller.realloc.unwrap());
        let Some(Extern::Func(realloc)) = self.guest.get_export(&name) else {
            panic!("{name}")
        };
        let realloc = realloc
            .typed::<(u32, u32, u32, u32), u32>(&self.guest)
            .unwrap();
        let count = bytes.len() as u32;
        let place = realloc.call(&mut self.guest, (0, 0, 1, count)).unwrap();
        self.write(place, bytes);
        self.write(at, &[place.to_le_bytes(), count.to_le_bytes()].concat());
    }

    fn option(&mut self, at: u32, bytes: Option<Vec<u8>>) {
        self.write(at, &[bytes.is_some().into()]);
        if let Some(bytes) = bytes {
            self.list(at + 4, &bytes);
        }
    }

    fn answer(&mut self, arguments: &[Val], results: &mut [Val]) {
        let number = |place: usize| match arguments[place] {
            Val::I32(value) => value.cast_unsigned(),
            Val::I64(value) => value as u32,
            _ => panic!("no integer"),
        };
        let function = match &self.call.does {
            Does::Function { function, .. } => function.as_str(),
            Does::Drop { .. } => return,
            Does::MoveOwn | Does::Lend => {
                results[0] = arguments[0];
                return;
            }
            Does::CopyUtf8 { from, to } => {
                let (from, to) = (self.memory(*from), self.memory(*to));
                let mut bytes = vec![0; number(1) as usize];
                from.read(&self.guest, number(0) as usize, &mut bytes)
                    .unwrap();
                to.write(&mut self.guest, number(2) as usize, &bytes)
                    .unwrap();
                return;
            }
            Does::Trap => panic!("the canonical ABI was broken"),
        };
        match function {
            "now" => results[0] = Val::I64(self.guest.data_mut().now().cast_signed()),
            "enter" => self.guest.data_mut().note(format!("enter {}", number(0))),
            "leave" => self.guest.data_mut().note("leave".into()),
            "refuse" => self.guest.data_mut().note(format!("refuse {}", number(0))),
            "publish" | "transmit" => {
                let bytes = self.read(number(1), number(2));
                let text = format!("{function} {} {bytes:x?}", number(0));
                self.guest.data_mut().note(text);
            }
            "take" => {
                let Does::Function { interface, .. } = &self.call.does else {
                    return;
                };
                let answer = match interface.contains("elements") {
                    true => self.guest.data_mut().take_element(number(0)),
                    false => self.guest.data_mut().take_frame(number(0)),
                };
                self.option(number(1), answer);
            }
            "open-i2c" => {
                let name = String::from_utf8(self.read(number(0), number(1))).unwrap();
                self.guest.data_mut().note(format!("open {name}"));
                results[0] = Val::I32(1);
            }
            "[method]i2c.write" => {
                let data = self.read(number(2), number(3));
                let done = self.guest.data_mut().write(number(1) as u16, &data);
                let bytes = match done {
                    Ok(()) => [0, 0, 0],
                    Err(error) => code(&error),
                };
                self.write(number(4), &bytes);
            }
            "[method]i2c.write-read" => {
                let data = self.read(number(2), number(3));
                let count = number(4).into();
                let done = self
                    .guest
                    .data_mut()
                    .write_read(number(1) as u16, &data, count);
                match done {
                    Ok(bytes) => {
                        self.write(number(5), &[0]);
                        self.list(number(5) + 4, &bytes);
                    }
                    Err(error) => {
                        let [_, case, source] = code(&error);
                        self.write(number(5), &[1, 0, 0, 0, case, source]);
                    }
                }
            }
            other => panic!("{other} is not answered"),
        }
    }
}

/// The error case of a result without a payload on its other side.
fn code(error: &ErrorCode) -> [u8; 3] {
    match error {
        ErrorCode::NoAcknowledge(source) => [1, 2, *source as u8],
        _ => [1, 0, 0],
    }
}
