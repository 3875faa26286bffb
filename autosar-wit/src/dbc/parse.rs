//! The statements of a DBC text, each with its line. A statement that is not written as DBC has it
//! is a defect and is left out, as little of it as possible; the next one counts again. Knows
//! nothing of what statements mean together.

mod attributes;

use super::defects::Defects;
use super::read::{integer, multiplexing, unescaped};
use super::scan::{Scanner, Token};
use super::{ByteOrder, Multiplexing, Signal};
pub(super) use attributes::Attributes;

/// What a file says, in its order.
#[derive(Default)]
pub(super) struct Parsed<'a> {
    pub nodes: Vec<Name<'a>>,
    pub messages: Vec<ParsedMessage<'a>>,
    pub remarks: Vec<Remark<'a>>,
    pub tables: Vec<(&'a str, Values)>,
    /// Identifiers of messages that could not be read.
    pub unread: Vec<u64>,
    pub attributes: Attributes<'a>,
    /// How many statements were understood.
    pub statements: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub text: &'a str,
    pub line: u32,
}

pub(super) struct ParsedMessage<'a> {
    pub line: u32,
    /// As written: with the bit of the extended format.
    pub id: u64,
    pub name: String,
    pub length_bytes: u64,
    pub sender: Option<&'a str>,
    pub signals: Vec<ParsedSignal>,
    /// Signals that could not be read.
    pub unread: Vec<&'a str>,
}

pub(super) struct ParsedSignal {
    pub line: u32,
    pub signal: Signal,
}

/// What stands of a node, message or signal outside of its definition.
pub(super) struct Remark<'a> {
    pub line: u32,
    pub keyword: &'static str,
    pub about: About<'a>,
    pub content: Content<'a>,
}

#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    Node(&'a str),
    Message(u64),
    Signal(u64, &'a str),
}

pub(super) type Values = Vec<(i64, String)>;

pub(super) enum Content<'a> {
    Comment(String),
    Values(Values),
    /// The name of a `VAL_TABLE_`.
    Table(&'a str),
    Float(bool),
    Presence {
        multiplexor: &'a str,
        ranges: Vec<(u64, u64)>,
    },
    Senders(Vec<&'a str>),
    Attribute(&'a str, Value<'a>),
}

#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Number(f64),
    Text(&'a str),
}

/// Why a statement cannot be read on.
pub(super) struct Fault {
    pub line: u32,
    pub expected: &'static str,
    pub found: String,
}

pub(super) type Read<T> = Result<T, Fault>;

pub(super) fn parse<'a>(text: &'a str, defects: &mut Defects) -> Parsed<'a> {
    let mut parser = Parser {
        scanner: Scanner::new(text),
        parsed: Parsed::default(),
        defects,
    };
    while parser.scanner.token != Token::End {
        match parser.scanner.keyword() {
            Some(keyword) => parser.statement(keyword),
            None => parser.stray(),
        }
    }
    parser.parsed
}

pub(super) struct Parser<'a, 'd> {
    pub scanner: Scanner<'a>,
    pub parsed: Parsed<'a>,
    pub defects: &'d mut Defects,
}

impl<'a> Parser<'a, '_> {
    fn statement(&mut self, keyword: &'static str) {
        self.parsed.statements += 1;
        let line = self.scanner.line;
        self.scanner.step();
        let read = match keyword {
            "VERSION" => self.version(),
            "NS_" => self.new_symbols(),
            "BS_" => self.bit_timing(),
            "BU_" => self.nodes(),
            "BO_" => self.message(line),
            "SG_" => self.fault("a message, `BO_`, before its signals"),
            "CM_" => self.comment(line),
            "BA_" => self.attribute(line),
            "BA_DEF_" => self.attribute_definition(),
            "BA_DEF_DEF_" => self.attribute_default(),
            "VAL_TABLE_" => self.value_table(),
            "VAL_" => self.values(line),
            "SIG_VALTYPE_" => self.value_type(line),
            "SG_MUL_VAL_" => self.presence(line),
            "BO_TX_BU_" => self.senders(line),
            _ => {
                self.skip_content();
                self.end()
            }
        };
        if let Err(fault) = read {
            self.left_out(keyword, &fault);
            self.skip_to_statement();
        }
    }

    fn left_out(&mut self, keyword: &str, fault: &Fault) {
        let Fault {
            line,
            expected,
            found,
        } = fault;
        let text = format!(
            "`{keyword}` is not written as DBC has it and was left out: there is {found} where {expected} is expected; correct it"
        );
        self.defects.push(*line, text);
    }

    /// Words that belong to no statement, told once for as far as they go.
    fn stray(&mut self) {
        if self.take(';') {
            return;
        }
        let (line, found) = (self.scanner.line, self.found());
        let text = format!("{found} begins no statement of DBC; remove it");
        self.defects.push(line, text);
        self.skip_to_statement();
    }

    fn version(&mut self) -> Read<()> {
        self.text("the version in quotes").map(|_| ())
    }

    /// The list of keywords, each alone on its line.
    fn new_symbols(&mut self) -> Read<()> {
        let line = self.scanner.line;
        self.take(':');
        while let Token::Word(_) = self.scanner.token {
            if self.scanner.line != line && !self.scanner.ends_line() {
                break;
            }
            self.scanner.step();
        }
        Ok(())
    }

    /// Obsolete; its numbers are read over.
    fn bit_timing(&mut self) -> Read<()> {
        self.mark(':', "`:`")?;
        self.skip_to_statement();
        Ok(())
    }

    fn nodes(&mut self) -> Read<()> {
        self.mark(':', "`:`")?;
        while !self.at_statement() {
            let line = self.scanner.line;
            if !self.take(',') {
                let text = self.word("the name of a node")?;
                self.parsed.nodes.push(Name { text, line });
            }
        }
        Ok(())
    }

    /// A message and its signals: those that cannot be read are left out alone.
    fn message(&mut self, line: u32) -> Read<()> {
        let id = match self.scanner.token {
            Token::Word(word) => word.parse::<u64>().ok(),
            _ => None,
        };
        let mut message = match self.header(line) {
            Ok(message) => message,
            Err(fault) => {
                self.parsed.unread.extend(id);
                self.left_out("BO_", &fault);
                self.skip_to_statement();
                while self.scanner.keyword() == Some("SG_") {
                    self.scanner.step();
                    self.skip_to_statement();
                }
                return Ok(());
            }
        };
        while self.scanner.keyword() == Some("SG_") {
            let line = self.scanner.line;
            self.scanner.step();
            let name = match self.scanner.token {
                Token::Word(name) => name,
                _ => "",
            };
            match self.signal() {
                Ok(signal) => message.signals.push(ParsedSignal { line, signal }),
                Err(fault) => {
                    self.left_out("SG_", &fault);
                    message.unread.push(name);
                    self.skip_to_statement();
                }
            }
        }
        self.parsed.messages.push(message);
        Ok(())
    }

    fn header(&mut self, line: u32) -> Read<ParsedMessage<'a>> {
        let id = self.number("the identifier")?;
        let name = self.name("the name of the message")?;
        let length_bytes = self.number("the number of bytes")?;
        let sender = match self.scanner.token {
            Token::Word(_) if !self.scanner.begins_line => Some(self.word("the sender")?),
            _ => None,
        };
        self.line_ends("the sender and the end of the line")?;
        Ok(ParsedMessage {
            line,
            id,
            name,
            length_bytes,
            sender,
            signals: Vec::new(),
            unread: Vec::new(),
        })
    }

    /// `Speed m1 : 0|16@1+ (0.5,0) [0|100] "km/h" Dash,Gateway`
    fn signal(&mut self) -> Read<Signal> {
        let name = self.name("the name of the signal")?;
        let (name, multiplexing) = match name.rsplit_once(' ') {
            Some((before, last)) => match multiplexing(last) {
                Some(multiplexing) => (before.to_owned(), multiplexing),
                None => (name, Multiplexing::Plain),
            },
            None => (name, Multiplexing::Plain),
        };
        let start_bit = self.number("the start bit")?;
        self.mark('|', "`|`")?;
        let length_bits = self.number("the number of bits")?;
        self.mark('@', "`@`")?;
        let (byte_order, signed) = self.order()?;
        self.mark('(', "`(`")?;
        let factor = self.real("the factor")?;
        self.mark(',', "`,`")?;
        let offset = self.real("the offset")?;
        self.mark(')', "`)`")?;
        self.mark('[', "`[`")?;
        let minimum = self.real("the minimum")?;
        self.mark('|', "`|`")?;
        let maximum = self.real("the maximum")?;
        self.mark(']', "`]`")?;
        let unit = unescaped(self.text("the unit in quotes")?);
        let receivers = self.receivers()?;
        Ok(Signal {
            name,
            start_bit,
            length_bits,
            byte_order,
            signed,
            float: false,
            factor,
            offset,
            minimum,
            maximum,
            unit,
            receivers,
            values: Vec::new(),
            multiplexing,
            presence: None,
            comment: String::new(),
            start_value: None,
        })
    }

    /// `1+`, `0-`
    fn order(&mut self) -> Read<(ByteOrder, bool)> {
        let expected = "`1+`, `1-`, `0+` or `0-`";
        let Token::Word(word) = self.scanner.token else {
            return self.fault(expected);
        };
        let (order, mut sign) = word.split_at_checked(1).unwrap_or((word, ""));
        if !matches!((order, sign), ("0" | "1", "" | "+" | "-")) {
            return self.fault(expected);
        }
        self.scanner.step();
        if let ("", Token::Word(next)) = (sign, self.scanner.token) {
            sign = next;
            self.scanner.step();
        }
        let byte_order = match order {
            "0" => ByteOrder::Motorola,
            _ => ByteOrder::Intel,
        };
        match sign {
            "+" => Ok((byte_order, false)),
            "-" => Ok((byte_order, true)),
            _ => self.fault(expected),
        }
    }

    /// To the end of the line, or of the line after a comma.
    fn receivers(&mut self) -> Read<Vec<String>> {
        let mut receivers = Vec::new();
        let mut goes_on = false;
        while (!self.scanner.begins_line || goes_on) && !self.at_statement() {
            goes_on = self.take(',');
            if !goes_on {
                receivers.push(self.word("the name of a receiver")?.to_owned());
            }
        }
        Ok(receivers)
    }

    fn comment(&mut self, line: u32) -> Read<()> {
        let about = self.about()?;
        let text = self.text("the comment in quotes")?;
        if let Some(about) = about {
            self.remark(line, "CM_", about, Content::Comment(unescaped(text)));
        }
        self.end()
    }

    fn value_table(&mut self) -> Read<()> {
        let name = self.word("the name of the table")?;
        let values = self.entries()?;
        self.parsed.tables.push((name, values));
        self.end()
    }

    fn values(&mut self, line: u32) -> Read<()> {
        let first = self.word("the identifier of a message")?;
        let Ok(id) = first.parse() else {
            // Of an environment variable.
            self.entries()?;
            return self.end();
        };
        let signal = self.word("the name of the signal")?;
        let content = match self.scanner.token {
            Token::Word(table) if integer(table).is_none() && self.scanner.keyword().is_none() => {
                self.scanner.step();
                match self.scanner.token {
                    Token::Mark(';') => Content::Table(table),
                    _ => return self.fault("a number, or `;` behind the name of a table"),
                }
            }
            _ => Content::Values(self.entries()?),
        };
        self.remark(line, "VAL_", About::Signal(id, signal), content);
        self.end()
    }

    /// `0 "off" 1 "on"`
    fn entries(&mut self) -> Read<Values> {
        let mut values = Vec::new();
        while let (Token::Word(word), None) = (self.scanner.token, self.scanner.keyword()) {
            let Some(value) = integer(word) else {
                return self.fault("a whole number of 64 bits");
            };
            self.scanner.step();
            values.push((value, unescaped(self.text("the value's text in quotes")?)));
        }
        Ok(values)
    }

    fn value_type(&mut self, line: u32) -> Read<()> {
        let about = self.signal_name()?;
        self.take(':');
        let is_float = match self.scanner.token {
            Token::Word("0") => false,
            Token::Word("1" | "2") => true,
            _ => return self.fault("0 (integer), 1 (float of 32 bits) or 2 (of 64 bits)"),
        };
        self.scanner.step();
        self.remark(line, "SIG_VALTYPE_", about, Content::Float(is_float));
        self.end()
    }

    /// `SG_MUL_VAL_ 100 Speed Mode 1-1, 3-5;`
    fn presence(&mut self, line: u32) -> Read<()> {
        let about = self.signal_name()?;
        let multiplexor = self.word("the name of the multiplexor")?;
        let mut ranges = Vec::new();
        loop {
            ranges.push(self.range()?);
            if !self.take(',') {
                break;
            }
        }
        let content = Content::Presence {
            multiplexor,
            ranges,
        };
        self.remark(line, "SG_MUL_VAL_", about, content);
        self.end()
    }

    /// `3-5`, also in three words.
    fn range(&mut self) -> Read<(u64, u64)> {
        let expected = "a range of the multiplexor's values, `3-5`";
        let mut text = String::new();
        while let (Token::Word(word), true) = (self.scanner.token, text.len() < 50) {
            if self.scanner.keyword().is_some() {
                break;
            }
            text.push_str(word);
            self.scanner.step();
        }
        let numbers = text.split_once('-');
        match numbers.map(|(low, high)| (low.parse(), high.parse())) {
            Some((Ok(low), Ok(high))) => Ok((low, high)),
            _ => self.fault(expected),
        }
    }

    fn senders(&mut self, line: u32) -> Read<()> {
        let id = self.number("the identifier of a message")?;
        self.mark(':', "`:`")?;
        let mut senders = Vec::new();
        while !self.at_statement() && self.scanner.token != Token::Mark(';') {
            if !self.take(',') {
                senders.push(self.word("the name of a node")?);
            }
        }
        let content = Content::Senders(senders);
        self.remark(line, "BO_TX_BU_", About::Message(id), content);
        self.end()
    }
}
