//! Attributes: their definitions, defaults and values. Of definitions only the words of a message's
//! send type and frame format are kept. Knows nothing of what the words mean.

use super::{Content, Parser, Read, Token, Value};

/// What holds for messages and signals that have no value of their own, and the words of enums.
#[derive(Default)]
pub(in crate::dbc) struct Attributes<'a> {
    pub cycle_time: Option<f64>,
    pub delay_time: Option<f64>,
    pub repetitions: Option<f64>,
    pub fast_cycle: Option<f64>,
    pub timeout: Option<f64>,
    pub start_value: Option<f64>,
    pub send_type: Option<Value<'a>>,
    /// Of `GenMsgSendType`, by their numbers.
    pub send_types: Vec<&'a str>,
    pub frame_format: Option<Value<'a>>,
    /// Of `VFrameFormat`, by their numbers.
    pub frame_formats: Vec<&'a str>,
}

impl<'a> Attributes<'a> {
    /// A value of `GenMsgSendType` in words: files give the number or the word.
    pub(in crate::dbc) fn send_word(&self, value: Value<'a>) -> Option<&'a str> {
        word(&self.send_types, value)
    }

    /// The same of `VFrameFormat`.
    pub(in crate::dbc) fn format_word(&self, value: Value<'a>) -> Option<&'a str> {
        word(&self.frame_formats, value)
    }
}

fn word<'a>(words: &[&'a str], value: Value<'a>) -> Option<&'a str> {
    match value {
        Value::Text(word) => Some(word),
        Value::Number(number) => words.get(number as usize).copied(),
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
            Token::Word("ENUM") if name == "GenMsgSendType" => {
                self.parsed.attributes.send_types = self.words();
            }
            Token::Word("ENUM") if name == "VFrameFormat" => {
                self.parsed.attributes.frame_formats = self.words();
            }
            Token::Word("INT" | "HEX" | "FLOAT" | "STRING" | "ENUM") => self.skip_content(),
            _ => return self.fault("INT, HEX, FLOAT, STRING or ENUM"),
        }
        self.end()
    }

    fn words(&mut self) -> Vec<&'a str> {
        self.scanner.step();
        let mut words = Vec::new();
        while let Token::Text(word) = self.scanner.token {
            words.push(word);
            self.scanner.step();
            self.take(',');
        }
        self.skip_content();
        words
    }

    pub(super) fn attribute_default(&mut self) -> Read<()> {
        let name = self.text("the attribute's name in quotes")?;
        let value = self.value()?;
        let attributes = &mut self.parsed.attributes;
        match name {
            "GenMsgCycleTime" => attributes.cycle_time = value.number(),
            "GenMsgCycleTimeFast" => attributes.fast_cycle = value.number(),
            "GenMsgDelayTime" => attributes.delay_time = value.number(),
            "GenMsgNrOfRepetition" => attributes.repetitions = value.number(),
            "GenMsgSendType" => attributes.send_type = Some(value),
            "GenSigStartValue" => attributes.start_value = value.number(),
            "GenSigTimeoutTime" => attributes.timeout = value.number(),
            "VFrameFormat" => attributes.frame_format = Some(value),
            _ => {}
        }
        self.end()
    }
}
