//! The C that joins translated modules and the native runtime: one file a partition, one for the
//! system. Plain text from plain data; knows no compiler and no board.

use super::{
    flattened::{Call, Caller, Does, Flattened, Value},
    host::serve,
    translated::SELF,
};
use deployment::{BusKind, Direction, Event, Partition, Reaction, System};
use std::fmt::Write;

/// A partition of the ECU with its flattened form.
#[derive(Debug)]
pub struct NativePartition {
    pub table: Partition,
    pub flattened: Flattened,
}

/// Values that one activation may publish, at least.
const PUBLISHED: usize = 4;

/// C for the n-th partition; it includes the translated module `module<n>.c`.
pub fn partition_source(number: usize, partition: &NativePartition, system: &System) -> String {
    let mut text = String::new();
    let flattened = &partition.flattened;
    let _ = writeln!(
        text,
        "/* Generated: partition `{}` of `{}`. What its components import, and what runs when. */",
        partition.table.name, partition.table.ecu
    );
    text.push_str("#include \"wireloom.h\"\n");
    // All modules import from `host`: each gets names of its own.
    for call in 0..flattened.calls.len() {
        let _ = writeln!(text, "#define Z_hostZ_call{call} wl_p{number}_call{call}");
    }
    memories(&mut text, flattened);
    let _ = writeln!(text, "#include \"module{number}.c\"\n");
    instance(&mut text, number, flattened);
    for (call, entry) in flattened.calls.iter().enumerate() {
        call_source(&mut text, number, call, entry);
    }
    tasks(&mut text, number, partition);
    tables(&mut text, number, partition, system);
    text
}

fn memories(text: &mut String, flattened: &Flattened) {
    for (memory, bytes) in flattened.memory_bytes.iter().enumerate() {
        let _ = writeln!(
            text,
            "static uint8_t memory{memory}_bytes[{}] __attribute__((aligned(16)));",
            bytes.max(&1)
        );
    }
    text.push_str("static const wl_memory_t memories[] = {");
    for (memory, bytes) in flattened.memory_bytes.iter().enumerate() {
        let _ = write!(text, "{{memory{memory}_bytes, {bytes}}}, ");
    }
    text.push_str("{NULL, 0}};\n");
    for (table, entries) in flattened.table_entries.iter().enumerate() {
        let _ = writeln!(
            text,
            "static wasm_rt_funcref_t table{table}_entries[{}];",
            entries.max(&1)
        );
    }
    text.push_str("static const wl_table_t function_tables[] = {");
    for (table, entries) in flattened.table_entries.iter().enumerate() {
        let _ = write!(text, "{{table{table}_entries, {entries}}}, ");
    }
    text.push_str("{NULL, 0}};\n\n");
}

fn instance(text: &mut String, number: usize, flattened: &Flattened) {
    let _ = writeln!(text, "extern const wl_partition_t wl_partition{number};");
    let _ = writeln!(
        text,
        "static void instantiate(void) {{\n  Z_p{number}_init_module();"
    );
    let host = match flattened.calls.is_empty() {
        true => "",
        false => ", NULL",
    };
    let _ = writeln!(text, "  Z_p{number}_instantiate(&{SELF}{host});\n}}");
    let callers = || flattened.calls.iter().map(|call| &call.caller);
    let reallocs = callers().filter_map(|caller| caller.realloc).max();
    for realloc in 0..reallocs.map_or(0, |last| last + 1) {
        let _ = writeln!(
            text,
            "static uint32_t realloc{realloc}(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {{\n  \
             return Z_p{number}Z_realloc{realloc}(&{SELF}, a, b, c, d);\n}}"
        );
    }
    text.push('\n');
}

fn caller_source(
    text: &mut String,
    number: usize,
    call: usize,
    caller: &Caller,
    kinds: (bool, bool),
) {
    let (memory, flags) = kinds;
    let name = |prefix: &str, place: Option<u32>| match place {
        Some(place) => format!("&{SELF}.w2c_{prefix}{place}"),
        None => "NULL".to_owned(),
    };
    let memory = name("memory", caller.memory.filter(|_| memory));
    let flags = name("flags", caller.flags.filter(|_| flags));
    let realloc = caller
        .realloc
        .map_or("NULL".to_owned(), |place| format!("realloc{place}"));
    let table = caller.table.unwrap_or_default();
    let made = caller.made.unwrap_or_default();
    let _ = writeln!(
        text,
        "static const wl_caller_t caller{call} = {{&wl_partition{number}, {memory}, {realloc}, {flags}, {table}, {made}}};"
    );
}

fn call_source(text: &mut String, number: usize, call: usize, entry: &Call) {
    let mut parameters = String::new();
    for (position, value) in entry.parameters.iter().enumerate() {
        let _ = write!(parameters, ", {} a{position}", c_type(*value));
    }
    let result = entry.result.map_or("void", c_type);
    let arguments = |from: usize| -> String {
        (from..entry.parameters.len())
            .map(|position| format!(", a{position}"))
            .collect()
    };
    let partition = format!("&wl_partition{number}");
    let body = match &entry.does {
        Does::Function {
            interface,
            function,
        } => {
            caller_source(text, number, call, &entry.caller, (true, true));
            let symbol = serve(interface, function).map_or("", |served| served.symbol);
            format!("{symbol}(&caller{call}{})", arguments(0))
        }
        Does::Drop { table } => format!("wl_handle_drop({partition}, {table}{})", arguments(0)),
        Does::MoveOwn => format!("wl_handle_move({partition}{})", arguments(0)),
        Does::Lend => format!("wl_handle_lend({partition}{})", arguments(0)),
        Does::Trap => "wl_trap(WL_TRAP_ABI)".to_owned(),
        Does::CopyUtf8 { from, to } => format!(
            "wl_copy_utf8(&{SELF}.w2c_memory{from}, &{SELF}.w2c_memory{to}{})",
            arguments(0)
        ),
    };
    let may_be_ended = match &entry.does {
        Does::Function {
            interface,
            function,
        } => serve(interface, function).is_some_and(|served| served.may_be_ended()),
        _ => false,
    };
    let enter = match entry.does {
        Does::Function { .. } if may_be_ended => format!("wl_may_leave(&caller{call});"),
        Does::Function { .. } => format!("wl_enter(&caller{call});"),
        _ => "wl_in_host = 1;".to_owned(),
    };
    let _ = writeln!(
        text,
        "{result} wl_p{number}_call{call}(struct Z_host_instance_t *host{parameters}) {{\n  (void)host;\n  {enter}"
    );
    let _ = match (&entry.does, entry.result) {
        (Does::Trap, _) => writeln!(text, "  {body};\n}}"),
        (_, None) if may_be_ended => writeln!(text, "  {body};\n}}"),
        (_, None) => writeln!(text, "  {body};\n  wl_leave();\n}}"),
        (_, Some(_)) => writeln!(
            text,
            "  {result} result = {body};\n  wl_leave();\n  return result;\n}}"
        ),
    };
}

fn c_type(value: Value) -> &'static str {
    match value {
        Value::I32 => "u32",
        Value::I64 => "u64",
        Value::F32 => "f32",
        Value::F64 => "f64",
    }
}

fn tasks(text: &mut String, number: usize, partition: &NativePartition) {
    text.push('\n');
    for (position, task) in partition.table.tasks.iter().enumerate() {
        let export = partition
            .flattened
            .tasks
            .iter()
            .position(|name| *name == task.name);
        let body = export.map_or_else(
            || "wl_trap(WL_TRAP_MISUSE)".to_owned(),
            |export| format!("Z_p{number}Z_task{export}(&{SELF})"),
        );
        let _ = writeln!(text, "static void run{position}(void) {{ {body}; }}");
    }
    text.push_str("static const wl_task_t tasks[] = {\n");
    for (position, task) in partition.table.tasks.iter().enumerate() {
        let (kind, period_ns, offset_ns) = match task.event {
            Event::Init => ("WL_INIT", 0, 0),
            Event::Timing {
                period_ns,
                offset_ns,
            } => ("WL_TIMING", period_ns.max(1), offset_ns),
            Event::DataReceived { .. } => ("WL_DATA", 0, 0),
        };
        let _ = writeln!(
            text,
            "    {{{}, run{position}, {period_ns}u, {offset_ns}u, {kind}}},",
            quoted(&task.name)
        );
    }
    text.push_str("};\n");
    let _ = writeln!(
        text,
        "static wl_task_state_t task_states[{}];\nstatic wl_partition_state_t state;\n",
        partition.table.tasks.len().max(1)
    );
}

/// An array whose last entry keeps it from being empty.
pub(crate) fn array(text: &mut String, declaration: &str, entries: &[String], last: &str) {
    let _ = writeln!(text, "static {declaration}[] = {{");
    for entry in entries {
        let _ = writeln!(text, "    {entry},");
    }
    let _ = writeln!(text, "    {last}}};");
}

fn tables(text: &mut String, number: usize, partition: &NativePartition, system: &System) {
    let table = &partition.table;
    let directions: Vec<_> = table
        .elements
        .iter()
        .enumerate()
        .map(|(number, element)| {
            let wanted = is_wanted(table, system, number as u32);
            let more = if wanted { " | WL_WANTED" } else { "" };
            format!("{}{more}", direction(element.direction))
        })
        .collect();
    array(text, "const uint8_t element_kinds", &directions, "0");
    let names = table.elements.iter().map(|element| quoted(&element.name));
    array(
        text,
        "const char *const element_names",
        &names.collect::<Vec<_>>(),
        "NULL",
    );
    let pdus: Vec<_> = table
        .pdus
        .iter()
        .map(|pdu| {
            format!(
                "{{{}u, {}, {}, {}, {}}}",
                pdu.id,
                can_number(system, &pdu.bus),
                direction(pdu.direction),
                u8::from(pdu.extended),
                pdu.length_bytes
            )
        })
        .collect();
    array(text, "const wl_pdu_t pdus", &pdus, "{0}");
    let element_listeners = listeners(table, |event| match event {
        Event::DataReceived { elements, .. } => elements,
        Event::Init | Event::Timing { .. } => &[],
    });
    let pdu_listeners = listeners(table, |event| match event {
        Event::DataReceived { pdus, .. } => pdus,
        Event::Init | Event::Timing { .. } => &[],
    });
    array(
        text,
        "const wl_listener_t element_listeners",
        &element_listeners,
        "{0}",
    );
    array(
        text,
        "const wl_listener_t pdu_listeners",
        &pdu_listeners,
        "{0}",
    );
    let routes = routes(table, system);
    array(text, "const wl_route_t routes", &routes, "{0}");
    runnables(text, table);
    boxes(text, table);
    let published = (element_listeners.len() + routes.len()).max(PUBLISHED) * 2;
    let _ = writeln!(
        text,
        "static wl_message_t published_messages[{published}];\n\
         static wl_mailbox_t published = {{published_messages, {published}, 0, 0}};\n"
    );
    let waiting = [element_listeners.len(), pdu_listeners.len(), routes.len()];
    description(text, number, partition, system, waiting);
}

/// The structure that names all of it; how many wait for elements and PDUs, how many routes.
fn description(
    text: &mut String,
    number: usize,
    partition: &NativePartition,
    system: &System,
    [element_listeners, pdu_listeners, routes]: [usize; 3],
) {
    let table = &partition.table;
    let controllers = controllers(&partition.flattened, system);
    let place = match controllers {
        0 => "NULL",
        _ => "controllers",
    };
    if controllers > 0 {
        let _ = writeln!(text, "static wl_can_t controllers[{controllers}];");
    }
    let on_trap = match table.on_trap {
        Reaction::Restart => "WL_ON_TRAP_RESTART",
        Reaction::Stop => "WL_ON_TRAP_STOP",
        Reaction::StopRun => "WL_ON_TRAP_STOP_RUN",
    };
    let _ = writeln!(
        text,
        "const wl_partition_t wl_partition{number} = {{\n    {}, instantiate, tasks, task_states,\n    \
         {}, {}, {}, {}, {}, {}, {},\n    element_kinds, element_names, pdus, element_listeners, pdu_listeners, routes,\n    \
         runnables, runnable_instances, inboxes, mailboxes, &published, memories, function_tables,\n    \
         {place}, {controllers}, {}u, {on_trap}, &state}};",
        quoted(&table.name),
        table.tasks.len(),
        table.elements.len(),
        table.pdus.len(),
        element_listeners,
        pdu_listeners,
        routes,
        table.runnables.len(),
        budget_ns(table, system),
    );
}

/// The tasks that wait for elements or PDUs, and for which.
fn listeners(table: &Partition, numbers: fn(&Event) -> &[u32]) -> Vec<String> {
    let tasks = table.tasks.iter().enumerate();
    let waits = tasks.flat_map(|(task, entry)| {
        let numbers = numbers(&entry.event).iter();
        numbers.map(move |number| format!("{{{number}, {task}}}"))
    });
    waits.collect()
}

/// As the log names them, and whose they are.
fn runnables(text: &mut String, table: &Partition) {
    let named = table.runnables.iter().map(|runnable| {
        let instance = table.instances.get(runnable.instance as usize);
        let instance = instance.map_or("?", String::as_str);
        let name = quoted(&format!("{instance}.{}", runnable.function));
        (name, runnable.instance.to_string())
    });
    let (names, instances): (Vec<_>, Vec<_>) = named.unzip();
    array(text, "const char *const runnables", &names, "NULL");
    array(text, "const uint16_t runnable_instances", &instances, "0");
}

/// Where values of other partitions and frames wait.
fn boxes(text: &mut String, table: &Partition) {
    let inboxes = table.elements.iter().map(|element| {
        let takes = element.direction == Direction::In;
        takes.then_some(element.queue.max(1))
    });
    mailboxes(text, "inbox", inboxes);
    let received = table.pdus.iter().map(|pdu| {
        let takes = pdu.direction == Direction::In;
        takes.then_some(pdu.queue.max(1))
    });
    mailboxes(text, "mailbox", received);
}

/// CAN controllers that a partition may hold at a time: one a bus, where it asks for any.
fn controllers(flattened: &Flattened, system: &System) -> usize {
    let asks = flattened.calls.iter().any(|call| {
        matches!(&call.does, Does::Function { interface, .. } if interface.starts_with("autosar:can/"))
    });
    let buses = system.buses.iter();
    match asks {
        true => buses
            .filter(|bus| matches!(bus.kind, BusKind::Can { .. }))
            .count(),
        false => 0,
    }
}

/// Longest time of one activation: the limit of its fuel at the time that a unit of it has on this
/// ECU, after the constant part.
fn budget_ns(table: &Partition, system: &System) -> u64 {
    let ecu = system.ecus.iter().find(|ecu| ecu.name == table.ecu);
    ecu.map_or(1_000_000_000, |ecu| {
        let users_ns = u128::from(table.limits.fuel) * u128::from(ecu.fuel_ps) / 1_000;
        let users_ns = u64::try_from(users_ns).unwrap_or(u64::MAX);
        users_ns.saturating_add(ecu.activation_ns).max(1_000)
    })
}

/// Whether a task of the partition, or another partition of the ECU, waits for an element.
pub(crate) fn is_wanted(table: &Partition, system: &System, number: u32) -> bool {
    let listens = |task: &deployment::Task| match &task.event {
        Event::DataReceived { elements, .. } => elements.contains(&number),
        Event::Init | Event::Timing { .. } => false,
    };
    let leaves = system.routes.iter().any(|route| {
        (&route.from.ecu, &route.from.partition) == (&table.ecu, &table.name)
            && route.from.element == number
    });
    leaves || table.tasks.iter().any(listens)
}

fn routes(table: &Partition, system: &System) -> Vec<String> {
    let leave = system
        .routes
        .iter()
        .filter(|route| (&route.from.ecu, &route.from.partition) == (&table.ecu, &table.name));
    let inside = leave.filter(|route| route.to.ecu == table.ecu);
    inside
        .filter_map(|route| {
            let ecu = system.ecus.iter().find(|ecu| ecu.name == table.ecu)?;
            let to = ecu
                .partitions
                .iter()
                .position(|one| one.name == route.to.partition)?;
            Some(format!(
                "{{{}, {to}, {}}}",
                route.from.element, route.to.element
            ))
        })
        .collect()
}

fn mailboxes(text: &mut String, name: &str, bounds: impl Iterator<Item = Option<u32>>) {
    let mut entries = Vec::new();
    for (number, bound) in bounds.enumerate() {
        if let Some(bound) = bound {
            let _ = writeln!(
                text,
                "static wl_message_t {name}{number}_messages[{bound}];"
            );
            entries.push(format!("{{{name}{number}_messages, {bound}, 0, 0}}"));
        } else {
            entries.push("{NULL, 0, 0, 0}".to_owned());
        }
    }
    let plural = match name {
        "inbox" => "inboxes",
        _ => "mailboxes",
    };
    array(
        text,
        &format!("wl_mailbox_t {plural}"),
        &entries,
        "{NULL, 0, 0, 0}",
    );
}

/// The number of a CAN bus among those of the system file.
fn can_number(system: &System, name: &str) -> usize {
    let buses = system.buses.iter();
    let mut buses = buses.filter(|bus| matches!(bus.kind, BusKind::Can { .. }));
    buses.position(|bus| bus.name == name).unwrap_or_default()
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Out => "WL_OUT",
        Direction::In => "WL_IN",
    }
}

/// A string literal of C.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            0x20..0x7f => quoted.push(char::from(byte)),
            other => {
                let _ = write!(quoted, "\\{other:03o}");
            }
        }
    }
    quoted.push('"');
    quoted
}
