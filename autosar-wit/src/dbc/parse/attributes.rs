//! Attributes: their definitions, defaults and values. Of definitions only the words of a message's
//! send type are kept. Knows nothing of what the words mean.

use super::{Content, Parser, Read, Token, Value};

/// What holds for messages and signals that have no value of their own, and the words of enums.
#[derive(Default)]
pub(in crate::dbc) struct Attributes<'a> {
    pub cycle_time: Option<f64>,
    pub delay_time: Option<f64>,
    pub timeout: Option<f64>,
    pub start_value: Option<f64>,
    pub send_type: Option<Value<'a>>,
    /// Of `GenMsgSendType`, by their numbers.
    pub send_types: Vec<&'a str>,
}

impl<'a> Attributes<'a> {
    /// A value of `GenMsgSendType` in words: files give the number or the word.
    pub(in crate::dbc) fn send_word(&self, value: Value<'a>) -> Option<&'a str> {
        match value {
            Value::Text(word) => Some(word),
            Value::Number(number) => self.send_types.get(number as usize).copied(),
        }
    }
}

impl<'a> Parser<'a, '_> {
    pub(super) fn attribute(&mut self, line: u32) -> Read<()> {
        let name = self.text("the attribute's name in quotes")?;
        let about = self.about()?;
        let value = self.value()?;
        if let Some(about) = about {
            self.remark(line, "BA_", about, Content::Attribute(name, value));
        }
        self.end()
    }

    pub(super) fn attribute_definition(&mut self) -> Read<()> {
        if let Token::Word(_) = self.scanner.token {
            self.scanner.step();
        }
        let name = self.text("the attribute's name in quotes")?;
        match self.scanner.token {
            Token::Word("ENUM") if name == "GenMsgSendType" => self.send_types(),
            Token::Word("INT" | "HEX" | "FLOAT" | "STRING" | "ENUM") => self.skip_content(),
            _ => return self.fault("INT, HEX, FLOAT, STRING or ENUM"),
        }
        self.end()
    }

    fn send_types(&mut self) {
        self.scanner.step();
        let mut words = Vec::new();
        while let Token::Text(word) = self.scanner.token {
            words.push(word);
            self.scanner.step();
            self.take(',');
        }
        self.parsed.attributes.send_types = words;
        self.skip_content();
    }

    pub(super) fn attribute_default(&mut self) -> Read<()> {
        let name = self.text("the attribute's name in quotes")?;
        let value = self.value()?;
        let attributes = &mut self.parsed.attributes;
        match name {
            "GenMsgCycleTime" => attributes.cycle_time = value.number(),
            "GenMsgDelayTime" => attributes.delay_time = value.number(),
            "GenMsgSendType" => attributes.send_type = Some(value),
            "GenSigStartValue" => attributes.start_value = value.number(),
            "GenSigTimeoutTime" => attributes.timeout = value.number(),
            _ => {}
        }
        self.end()
    }
}
