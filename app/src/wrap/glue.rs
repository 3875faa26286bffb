//! The C between the bindings and a controller: values in, a step, values out.

use super::{
    model::{Call, Model, has_lists},
    shape::{Field, Shape},
    wit::Described,
};
use std::fmt::Write;

/// The text of the source file. Names of the bindings are as wit-bindgen's C generator makes them.
pub(super) fn glue(model: &Model, described: &Described) -> String {
    let id = &described.id;
    let prefix = format!(
        "exports_{}_{}_{}",
        snake(&id.namespace),
        snake(&id.package),
        snake(&id.interface)
    );
    let mut glue = Glue {
        model,
        prefix,
        text: String::new(),
    };
    glue.head(&described.world);
    glue.enumerations();
    glue.function("initialize", model.initialize.as_ref());
    glue.step();
    glue.function("terminate", model.terminate.as_ref());
    glue.text
}

fn snake(label: &str) -> String {
    label.replace('-', "_")
}

/// The name of a field in the bindings.
fn field_name(label: &str) -> String {
    wit_bindgen_c::to_c_ident(label)
}

struct Glue<'a> {
    model: &'a Model,
    /// Of everything that the interface defines.
    prefix: String,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

impl Glue<'_> {
    fn line(&mut self, depth: usize, line: &str) {
        for _ in 0..depth {
            self.text.push_str("  ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn head(&mut self, world: &str) {
        let Model { name, header, .. } = self.model;
        let head = format!(
            "// The controller `{name}` behind the component's bindings; made by `wireloom wrap`.\n\
             // Numbers are copied field by field; a value that an enumeration does not have traps.\n\n\
             #include \"{}.h\"\n#include \"{header}\"\n\n#include <stddef.h>\n#include <stdlib.h>\n#include <string.h>\n",
            snake(world)
        );
        self.text.push_str(&head);
        if !self.model.statics.is_empty() {
            self.text.push('\n');
        }
        for variable in &self.model.statics {
            // Writing to a string cannot fail.
            let _ = writeln!(self.text, "static {variable};");
        }
    }

    /// A function each way for each enumeration that goes that way.
    fn enumerations(&mut self) {
        let (inputs, outputs) = (
            self.used(&self.model.inputs),
            self.used(&self.model.outputs),
        );
        for (at, one) in self.model.enumerations.iter().enumerate() {
            let wit = format!("{}_{}_t", self.prefix, snake(&one.label));
            let name = snake(&one.label);
            if inputs.contains(&at) {
                self.text.push('\n');
                self.line(
                    0,
                    &format!("static {} {name}_in({wit} value) {{", one.spelling),
                );
                self.line(1, "switch (value) {");
                for (number, (_, constant)) in one.cases.iter().enumerate() {
                    self.line(1, &format!("case {number}: return {constant};"));
                }
                self.line(1, "default: __builtin_trap();");
                self.line(1, "}");
                self.line(0, "}");
            }
            if outputs.contains(&at) {
                self.text.push('\n');
                self.line(
                    0,
                    &format!("static {wit} {name}_out({} value) {{", one.spelling),
                );
                self.line(1, "switch (value) {");
                for (number, (_, constant)) in one.cases.iter().enumerate() {
                    self.line(1, &format!("case {constant}: return {number};"));
                }
                self.line(1, "default: __builtin_trap();");
                self.line(1, "}");
                self.line(0, "}");
            }
        }
    }

    /// The enumerations in values.
    fn used(&self, fields: &[Field]) -> Vec<usize> {
        let mut found = Vec::new();
        for field in fields {
            let mut shape = &field.shape;
            while let Shape::Array(item, _) = shape {
                shape = item;
            }
            match shape {
                Shape::Enum(at) => found.push(*at),
                Shape::Record(at) => {
                    if let Some(record) = self.model.records.get(*at) {
                        found.extend(self.used(&record.fields));
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn function(&mut self, name: &str, call: Option<&Call>) {
        let body = call.map_or_else(String::new, |call| format!(" {} ", called(call)));
        let line = format!("\nvoid {}_{name}(void) {{{body}}}", self.prefix);
        self.line(0, &line);
    }

    fn step(&mut self) {
        let Model {
            inputs, outputs, ..
        } = self.model;
        let prefix = self.prefix.clone();
        let mut parameters = Vec::new();
        if !inputs.is_empty() {
            parameters.push(format!("{prefix}_step_input_t *input"));
        }
        if !outputs.is_empty() {
            parameters.push(format!("{prefix}_step_output_t *ret"));
        }
        let line = format!(
            "\nvoid {prefix}_step(\n    {}) {{",
            parameters.join(",\n    ")
        );
        self.line(0, &line);
        self.fields(inputs, "", "input->", Way::In, 1);
        if has_lists(inputs, &self.model.records) {
            self.line(1, &format!("{prefix}_step_input_free(input);"));
        }
        self.line(1, &called(&self.model.step));
        self.fields(outputs, "", "ret->", Way::Out, 1);
        self.line(0, "}");
    }

    /// `c` and `wit` stand in front of the fields' names.
    fn fields(&mut self, fields: &[Field], c: &str, wit: &str, way: Way, depth: usize) {
        for field in fields {
            let c = format!("{c}{}", field.c_name);
            let wit = format!("{wit}{}", field_name(&field.label));
            self.value(&field.shape, &c, &wit, way, depth);
        }
    }

    fn value(&mut self, shape: &Shape, c: &str, wit: &str, way: Way, depth: usize) {
        match shape {
            Shape::Bool if way == Way::Out => self.line(depth, &format!("{wit} = {c} != 0;")),
            Shape::Bool | Shape::Integer { .. } | Shape::Float { .. } => {
                let line = match way {
                    Way::In => format!("{c} = {wit};"),
                    Way::Out => format!("{wit} = {c};"),
                };
                self.line(depth, &line);
            }
            Shape::Enum(at) => {
                let name = self
                    .model
                    .enumerations
                    .get(*at)
                    .map(|one| snake(&one.label));
                let name = name.unwrap_or_default();
                let line = match way {
                    Way::In => format!("{c} = {name}_in({wit});"),
                    Way::Out => format!("{wit} = {name}_out({c});"),
                };
                self.line(depth, &line);
            }
            Shape::Record(at) => {
                if let Some(record) = self.model.records.get(*at) {
                    let (c, wit) = (format!("{c}."), format!("{wit}."));
                    self.fields(&record.fields, &c, &wit, way, depth);
                }
            }
            Shape::Array(item, length) => self.array(item, *length, (c, wit), way, depth),
        }
    }

    fn array(&mut self, item: &Shape, length: u32, (c, wit): (&str, &str), way: Way, depth: usize) {
        let index = format!("i{depth}");
        let bound = match way {
            Way::In => {
                self.line(depth, &format!("memset({c}, 0, sizeof {c});"));
                format!("{index} < {length} && {index} < {wit}.len")
            }
            Way::Out => {
                self.line(depth, &format!("{wit}.len = {length};"));
                self.line(
                    depth,
                    &format!("{wit}.ptr = malloc({length} * sizeof *{wit}.ptr);"),
                );
                self.line(depth, &format!("if ({wit}.ptr == NULL) abort();"));
                format!("{index} < {length}")
            }
        };
        self.line(
            depth,
            &format!("for (size_t {index} = 0; {bound}; {index}++) {{"),
        );
        let (c, wit) = (format!("{c}[{index}]"), format!("{wit}.ptr[{index}]"));
        self.value(item, &c, &wit, way, depth + 1);
        self.line(depth, "}");
    }
}

fn called(call: &Call) -> String {
    format!("{}({});", call.function, call.arguments.join(", "))
}
