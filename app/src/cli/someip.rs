//! `wireloom someip encode` and `wireloom someip decode`.

use super::outcome::Outcome;
use crate::files;
use autosar_wit::{
    component::PortItem,
    read::{self, Loaded},
    someip::{self, HEADER_BYTES, Header, Layout, MessageType, Payload, SomeIpError},
    types::{Field, Function, Interface, TypeDefinition, TypeKind, ValueType},
    value::{self, Value},
};
use serde_json::json;
use std::{fmt::Write, path::PathBuf, sync::Arc};

#[derive(Debug, clap::Subcommand)]
pub(super) enum SomeipAction {
    /// Write a value as the bytes of a payload, or of a whole message
    Encode(EncodeArguments),
    /// Tell what the bytes of a payload, or of a message, say
    Decode(DecodeArguments),
}

#[derive(Debug, clap::Args)]
struct Described {
    /// WIT file or folder, encoded WIT package, or component `.wasm`
    wit: PathBuf,
    /// A type or a function of an interface there: `scan`, or `objects/scan`
    element: String,
    /// TOML file of the layout (docs/someip.md); without it the standard's defaults
    #[arg(long, value_name = "FILE")]
    layout: Option<PathBuf>,
    /// Which message about a function it is: of one that gives a stream a notification, of others
    /// a request, unless it is said here or by the header
    #[arg(long, value_name = "TYPE", value_parser = message_type)]
    message_type: Option<MessageType>,
}

#[derive(Debug, clap::Args)]
pub(super) struct EncodeArguments {
    #[command(flatten)]
    described: Described,
    /// In WAVE notation: `{id: 1, label: "a"}`; arguments are a record by their names
    value: String,
    /// A whole message of that service and method or event, with its header
    #[arg(long, value_name = "SERVICE:METHOD", value_parser = message_id)]
    message: Option<(u16, u16)>,
    #[arg(long, default_value = "0", requires = "message", value_parser = number)]
    client: u16,
    #[arg(long, default_value = "0", requires = "message", value_parser = number)]
    session: u16,
    /// The major version of the service's interface
    #[arg(long, default_value_t = 1, requires = "message")]
    interface_version: u8,
    #[arg(long, default_value_t = 0, requires = "message")]
    return_code: u8,
}

#[derive(Debug, clap::Args)]
pub(super) struct DecodeArguments {
    #[command(flatten)]
    described: Described,
    /// Hexadecimal digits; blanks, colons and hyphens between them do not count
    bytes: String,
    /// The bytes begin with a header
    #[arg(long)]
    message: bool,
}

pub(super) fn someip(action: &SomeipAction) -> Outcome {
    let outcome = match action {
        SomeipAction::Encode(arguments) => encode(arguments),
        SomeipAction::Decode(arguments) => decode(arguments),
    };
    outcome.unwrap_or_else(|outcome| *outcome)
}

type Carried = Result<Outcome, Box<Outcome>>;

fn failed(error: impl std::fmt::Display) -> Box<Outcome> {
    Box::new(Outcome::failed(error))
}

fn wrong(error: SomeIpError) -> Box<Outcome> {
    Box::new(Outcome::wrong(error))
}

fn encode(arguments: &EncodeArguments) -> Carried {
    let described = &arguments.described;
    let (layout, element) = (layout(described)?, element(described)?);
    let message_type = described
        .message_type
        .unwrap_or_else(|| element.usual_message());
    let content = element.content(message_type)?;
    let value = match content.value_type() {
        Some(value_type) => value::parse(&value_type, &arguments.value).map_err(failed)?,
        None => Value::Tuple(Vec::new()),
    };
    let payload = match &content {
        Content::Value(value_type) => someip::encode(&layout, value_type, &value),
        Content::Arguments(function) => {
            someip::encode_arguments(&layout, &function.name, &function.parameters, &value)
        }
        Content::Empty => Ok(Vec::new()),
    };
    let payload = payload.map_err(wrong)?;
    let bytes = match arguments.message {
        None => payload,
        Some((service, method)) => {
            let header = Header {
                service,
                method,
                client: arguments.client,
                session: arguments.session,
                interface_version: arguments.interface_version,
                message_type,
                return_code: arguments.return_code,
            };
            someip::message(&header, &payload).map_err(wrong)?
        }
    };
    let text = hexadecimal(&bytes);
    let json = json!({ "bytes": text, "length": bytes.len() });
    Ok(Outcome::fine(json, format!("{text}\n")))
}

fn decode(arguments: &DecodeArguments) -> Carried {
    let described = &arguments.described;
    let (layout, element) = (layout(described)?, element(described)?);
    let bytes = digits(&arguments.bytes).map_err(failed)?;
    let (header, payload, behind) = match arguments.message {
        false => (None, bytes.as_slice(), &[][..]),
        true => {
            let (header, payload, behind) = someip::parse(&bytes).map_err(wrong)?;
            (Some(header), payload, behind)
        }
    };
    let said = header.map(|header| header.message_type);
    let message_type = described
        .message_type
        .or(said)
        .unwrap_or_else(|| element.usual_message());
    let content = element.content(message_type)?;
    let decoded = match &content {
        Content::Value(value_type) => someip::decode(&layout, value_type, payload).map(Some),
        Content::Arguments(function) => {
            someip::decode_arguments(&layout, &function.name, &function.parameters, payload)
                .map(Some)
        }
        Content::Empty => Ok(None),
    };
    let before = header.map_or(0, |_| HEADER_BYTES);
    let decoded = decoded.map_err(|error| wrong(error.behind(before)))?;
    let surplus = decoded
        .as_ref()
        .map_or(payload.len(), |decoded| decoded.surplus);
    let value = decoded.map(|decoded| value::print(&decoded.value));
    let mut text = String::new();
    if let Some(header) = &header {
        let _ = writeln!(text, "{}", header_text(header));
    }
    if let Some(value) = &value {
        let _ = writeln!(text, "{value}");
    }
    for (count, place) in [(surplus, "payload"), (behind.len(), "message")] {
        if count > 0 {
            let _ = writeln!(text, "{count} bytes behind the {place} are passed over");
        }
    }
    let json = json!({
        "header": header.map(|header| json!({
            "service": header.service,
            "method": header.method,
            "client": header.client,
            "session": header.session,
            "interface_version": header.interface_version,
            "message_type": header.message_type.name(),
            "return_code": header.return_code,
        })),
        "value": value,
        "surplus": surplus,
        "behind": behind.len(),
    });
    Ok(Outcome::fine(json, text))
}

fn header_text(header: &Header) -> String {
    format!(
        "{} of service {:#06x}, {} {:#06x}, client {:#06x}, session {:#06x}, interface version {}, {}",
        header.message_type.name(),
        header.service,
        if header.method & 0x8000 == 0 {
            "method"
        } else {
            "event"
        },
        header.method,
        header.client,
        header.session,
        header.interface_version,
        someip::return_code(header.return_code),
    )
}

fn layout(described: &Described) -> Result<Layout, Box<Outcome>> {
    let Some(path) = &described.layout else {
        return Ok(Layout::default());
    };
    let text = files::read_text(path).map_err(failed)?;
    someip::read_layout(&text).map_err(|error| failed(format!("`{}`: {error}", path.display())))
}

/// What is written or read.
enum Element {
    Type(ValueType),
    Function(Function),
}

/// What a payload holds.
enum Content<'a> {
    Value(&'a ValueType),
    Arguments(&'a Function),
    Empty,
}

impl Element {
    fn usual_message(&self) -> MessageType {
        match self {
            Element::Function(function)
                if function.result.as_ref().and_then(someip::sample).is_none() =>
            {
                MessageType::Request
            }
            _ => MessageType::Notification,
        }
    }

    fn content(&self, message_type: MessageType) -> Result<Content<'_>, Box<Outcome>> {
        let function = match self {
            Element::Type(value_type) => return Ok(Content::Value(value_type)),
            Element::Function(function) => function,
        };
        match someip::payload(function, message_type) {
            Some(Payload::Value(value_type)) => Ok(Content::Value(value_type)),
            Some(Payload::Arguments(function)) => Ok(Content::Arguments(function)),
            Some(Payload::Empty) => Ok(Content::Empty),
            None => Err(failed(format!(
                "there is no {} about `{}`; choose another `--message-type`",
                message_type.name(),
                function.name
            ))),
        }
    }
}

impl Content<'_> {
    /// What the value is written as; arguments are a record.
    fn value_type(&self) -> Option<ValueType> {
        match self {
            Content::Value(value_type) => Some((*value_type).clone()),
            Content::Arguments(function) if function.parameters.is_empty() => None,
            Content::Arguments(function) => {
                let fields = function.parameters.iter().map(|(name, value)| Field {
                    name: name.clone(),
                    value: value.clone(),
                    docs: String::new(),
                });
                Some(ValueType::Named(Arc::new(TypeDefinition {
                    owner: None,
                    name: function.name.clone(),
                    kind: TypeKind::Record(fields.collect()),
                    docs: String::new(),
                })))
            }
            Content::Empty => None,
        }
    }
}

/// The one type or function of that name.
fn element(described: &Described) -> Result<Element, Box<Outcome>> {
    let (wanted, name) = match described.element.split_once('/') {
        Some((interface, name)) => (Some(interface), name),
        None => (None, described.element.as_str()),
    };
    let mut found = Vec::new();
    for interface in interfaces(described)? {
        let own = interface.id.as_ref();
        let own = own.map_or("", |id| id.interface.as_str());
        if wanted.is_some_and(|wanted| wanted != own) {
            continue;
        }
        let types = interface.types.iter().filter(|one| one.name == name);
        // A type that is used from elsewhere is found where it is defined.
        let types = types.filter(|one| one.owner == interface.id);
        found.extend(
            types.map(|one| (own.to_owned(), Element::Type(ValueType::Named(one.clone())))),
        );
        let functions = interface.function(name).into_iter();
        found.extend(functions.map(|one| (own.to_owned(), Element::Function(one.clone()))));
    }
    let places: Vec<String> = found
        .iter()
        .map(|(interface, _)| format!("`{interface}/{name}`"))
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some((_, element)), true) => Ok(element),
        (None, _) => Err(failed(format!(
            "`{}` has no type or function `{}`; `wireloom inspect` shows what it has",
            described.wit.display(),
            described.element
        ))),
        (Some(_), false) => Err(failed(format!(
            "there are {}; write one of them",
            places.join(", ")
        ))),
    }
}

fn interfaces(described: &Described) -> Result<Vec<Arc<Interface>>, Box<Outcome>> {
    let path = &described.wit;
    if path.is_dir() || path.extension().is_some_and(|ending| ending == "wit") {
        let texts = files::read_wit_texts(path).map_err(failed)?;
        let texts: Vec<(&str, &str)> = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let packages = read::wit_packages(&texts).map_err(failed)?;
        return Ok(packages
            .into_iter()
            .flat_map(|one| one.interfaces)
            .collect());
    }
    let bytes = files::read_limited(path).map_err(failed)?;
    match read::file(&bytes, &path.display().to_string()).map_err(failed)? {
        Loaded::Package(package) => Ok(package.interfaces),
        Loaded::Component(component) => {
            let mut interfaces: Vec<Arc<Interface>> = Vec::new();
            for port in component.ports {
                if let PortItem::Interface(interface) = port.item
                    && interfaces.iter().all(|known| known.id != interface.id)
                {
                    interfaces.push(Arc::new(interface));
                }
            }
            Ok(interfaces)
        }
    }
}

fn message_type(text: &str) -> Result<MessageType, String> {
    let all = MessageType::ALL;
    all.into_iter()
        .find(|known| known.name() == text)
        .ok_or_else(|| format!("there are {}", all.map(MessageType::name).join(", ")))
}

fn message_id(text: &str) -> Result<(u16, u16), String> {
    let (service, method) = text
        .split_once(':')
        .ok_or("write two numbers, such as `0x1234:0x8001`")?;
    Ok((number(service)?, number(method)?))
}

/// Decimal, or hexadecimal behind `0x`.
fn number(text: &str) -> Result<u16, String> {
    match text.strip_prefix("0x") {
        Some(digits) => u16::from_str_radix(digits, 16),
        None => text.parse(),
    }
    .map_err(|error| format!("`{text}`: {error}"))
}

fn digits(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<char> = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, ':' | '-'))
        .collect();
    let byte = |pair: &[char]| {
        let [high, low] = pair else { return None };
        let byte = high.to_digit(16)? << 4 | low.to_digit(16)?;
        u8::try_from(byte).ok()
    };
    let bytes = digits.chunks(2).map(byte);
    bytes
        .collect::<Option<Vec<u8>>>()
        .ok_or_else(|| "bytes are pairs of hexadecimal digits, such as `01 F4`".to_owned())
}

fn hexadecimal(bytes: &[u8]) -> String {
    let words: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    words.join(" ")
}
