//! What stands behind a type in a declaration: stars, a name, brackets, parameters.

use super::{
    error::Note,
    parse::Reader,
    types::{CType, Member, Spelled},
};

/// A name with its type. Of a function the type is what it gives.
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) spelled: Spelled,
    pub(super) parameters: Option<Vec<Member>>,
}

/// With a name.
pub(super) fn declarator(reader: &mut Reader, base: &Spelled) -> Result<Declared, Note> {
    let declared = parameter(reader, base)?;
    match declared.name.is_empty() {
        true => Err(reader.note("a name is missing; this is not taken")),
        false => Ok(declared),
    }
}

/// With or without a name.
pub(super) fn parameter(reader: &mut Reader, base: &Spelled) -> Result<Declared, Note> {
    let mut spelled = base.clone();
    while reader.eat("*") {
        spelled = Spelled {
            ctype: CType::Pointer(Box::new(spelled)),
            spelling: base.spelling.clone(),
            is_const: false,
        };
        // `* const`: the pointer's own.
        while ["const", "volatile", "restrict", "__restrict"]
            .iter()
            .any(|word| reader.eat(word))
        {}
    }
    if reader.is("(") {
        return function_pointer(reader, spelled);
    }
    let name = reader.word().unwrap_or_default();
    let mut lengths = Vec::new();
    while reader.eat("[") {
        let length = reader.length_to("]");
        lengths.push(match reader.is("]") {
            true => None,
            false => Some(reader.constant(length)?),
        });
        reader.expect("]")?;
    }
    for length in lengths.into_iter().rev() {
        let length = length.and_then(|length| u32::try_from(length).ok());
        spelled.ctype = match length {
            Some(length) if length > 0 => CType::Array(Box::new(spelled.ctype), length),
            _ => CType::Other("an array without a length".to_owned()),
        };
    }
    let parameters = match reader.eat("(") {
        true => Some(parameters(reader)?),
        false => None,
    };
    Ok(Declared {
        name,
        spelled,
        parameters,
    })
}

/// `(*name)(…)`.
fn function_pointer(reader: &mut Reader, spelled: Spelled) -> Result<Declared, Note> {
    reader.expect("(")?;
    reader.expect("*")?;
    let name = reader.word().unwrap_or_default();
    reader.expect(")")?;
    reader.expect("(")?;
    parameters(reader)?;
    Ok(Declared {
        name,
        spelled: Spelled {
            ctype: CType::Other("a pointer to a function".to_owned()),
            ..spelled
        },
        parameters: None,
    })
}

fn parameters(reader: &mut Reader) -> Result<Vec<Member>, Note> {
    let mut found: Vec<Member> = Vec::new();
    if reader.eat(")") {
        return Ok(found);
    }
    loop {
        found.push(reader.parameter()?);
        if !reader.eat(",") {
            break;
        }
    }
    reader.expect(")")?;
    let is_void = |member: &Member| member.name.is_empty() && member.spelled.ctype == CType::Void;
    if let [only] = found.as_slice()
        && is_void(only)
    {
        found.clear();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::{parse::parse, tokens::tokens, types::CType};

    #[test]
    fn declarators_are_read_from_the_name_outwards() {
        let text = "typedef struct { int a[2][3], *b; const float * volatile c; unsigned f : 3; \
                    void (*g)(int, struct x *); } S; enum E { A, B = 1 << 2, C }; \
                    extern S s, t[C]; S *const u = &s; \
                    extern void step(const S *in, S *out, double); static inline int f(void) { return 0; }";
        let (found, notes) = parse(&tokens(text, "a.h"));
        assert_eq!(notes, []);
        let Some(CType::Struct(tag)) = found.typedefs.get("S") else {
            panic!("{found:?}");
        };
        let shown: Vec<String> = found.structures[tag]
            .members
            .iter()
            .map(|member| format!("{} {:?}", member.name, member.spelled.ctype))
            .collect();
        assert!(shown[0].starts_with("a Array(Array(Integer"), "{shown:?}");
        assert!(shown[1].starts_with("b Pointer"), "{shown:?}");
        assert!(found.structures[tag].members[3].is_bit_field);
        assert!(
            shown[4].ends_with("Other(\"a pointer to a function\")"),
            "{shown:?}"
        );
        assert_eq!(found.enumerations["E"].constants[2], ("C".to_owned(), 5));
        assert!(matches!(
            &found.variables["t"].spelled.ctype,
            CType::Array(_, 5)
        ));
        let step = &found.functions["step"];
        let CType::Pointer(input) = &step.parameters[0].spelled.ctype else {
            panic!("{step:?}");
        };
        assert!(input.is_const && input.spelling == "S");
        assert!(found.functions["f"].parameters.is_empty());
    }

    #[test]
    fn what_is_not_understood_is_noted_and_the_rest_counts() {
        let text = "int f(;\nint a[UNKNOWN];\nSOMETHING(x) int b;\nstruct T {\n int c;\n int d e;\n \
                    int g;\n};\nenum { X = Y };\nint last; /* the last */";
        let (found, notes) = parse(&tokens(text, "a.h"));
        let lines: Vec<u32> = notes.iter().map(|note| note.place.line).collect();
        assert_eq!(lines, [1, 2, 3, 6, 9], "{notes:?}");
        assert_eq!(found.variables["last"].docs, "the last");
        let names: Vec<&str> = found.structures["T"]
            .members
            .iter()
            .map(|member| member.name.as_str())
            .collect();
        assert!(
            !found.structures["T"].is_whole && names.contains(&"g"),
            "{names:?}"
        );
    }

    #[test]
    fn no_text_stops_the_reading() {
        for text in [
            "}",
            "{",
            "(",
            "struct {",
            "enum {",
            "int",
            "typedef",
            "extern \"C\" {",
            "a b c d",
        ] {
            parse(&tokens(text, "a.h"));
            parse(&tokens(&text.repeat(200), "a.h"));
        }
        parse(&tokens(&"struct { ".repeat(50_000), "a.h"));
        parse(&tokens(&"int (*f)(int, ".repeat(2_000), "a.h"));
    }
}
