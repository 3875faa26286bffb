//! Operators of WebAssembly by what they cost a small core: the classes that the budget has a
//! factor for, and the engine's table of fuel that counts one of them. Knows no factors.
//!
//! Names of operators are those of the core specification (W3C, WebAssembly Core 2.0, 2.4), as
//! wasmparser spells them.

use std::collections::BTreeMap;
use wasmtime::OperatorCost;

/// A class of operators that cost about the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OperatorClass {
    /// Locals and constants: registers of the compiled code, where there are enough.
    Moves,
    /// Integers of 32 bits without division, and what chooses between two values.
    Integers,
    /// Quotients and remainders of 32 bits.
    Divisions,
    /// Integers of 64 bits without division, and whatever has no class of its own.
    Longs,
    LongDivisions,
    /// Sums and products of single precision: what comes out has to be looked at for NaN.
    Floats,
    /// What else there is of single precision: comparisons, conversions, rounding.
    FloatConversions,
    FloatDivisions,
    /// Sums and products of double precision: software on most cores.
    Doubles,
    DoubleConversions,
    DoubleDivisions,
    /// Square roots of either precision.
    Roots,
    /// Loads and stores.
    Accesses,
    Globals,
    Branches,
    Calls,
    IndirectCalls,
    /// `memory.copy`, `memory.fill`, `memory.init`, whatever their length.
    Copies,
    /// What those move.
    CopiedBytes,
}

/// How many of each class were executed; a class that is not there was not.
pub type OperatorCounts = BTreeMap<OperatorClass, u64>;

impl OperatorClass {
    pub const ALL: [OperatorClass; 19] = [
        OperatorClass::Moves,
        OperatorClass::Integers,
        OperatorClass::Divisions,
        OperatorClass::Longs,
        OperatorClass::LongDivisions,
        OperatorClass::Floats,
        OperatorClass::FloatConversions,
        OperatorClass::FloatDivisions,
        OperatorClass::Doubles,
        OperatorClass::DoubleConversions,
        OperatorClass::DoubleDivisions,
        OperatorClass::Roots,
        OperatorClass::Accesses,
        OperatorClass::Globals,
        OperatorClass::Branches,
        OperatorClass::Calls,
        OperatorClass::IndirectCalls,
        OperatorClass::Copies,
        OperatorClass::CopiedBytes,
    ];

    /// As `assets/calibration.toml` and the budget's JSON write it.
    pub fn name(self) -> &'static str {
        match self {
            OperatorClass::Moves => "moves",
            OperatorClass::Integers => "integers",
            OperatorClass::Divisions => "divisions",
            OperatorClass::Longs => "longs",
            OperatorClass::LongDivisions => "long-divisions",
            OperatorClass::Floats => "floats",
            OperatorClass::FloatConversions => "float-conversions",
            OperatorClass::FloatDivisions => "float-divisions",
            OperatorClass::Doubles => "doubles",
            OperatorClass::DoubleConversions => "double-conversions",
            OperatorClass::DoubleDivisions => "double-divisions",
            OperatorClass::Roots => "roots",
            OperatorClass::Accesses => "accesses",
            OperatorClass::Globals => "globals",
            OperatorClass::Branches => "branches",
            OperatorClass::Calls => "calls",
            OperatorClass::IndirectCalls => "indirect-calls",
            OperatorClass::Copies => "copies",
            OperatorClass::CopiedBytes => "copied-bytes",
        }
    }
}

/// The class of an operator by its name: `I32Add`, `LocalGet`.
fn class_of(operator: &str) -> OperatorClass {
    let is_any = |words: &[&str]| words.iter().any(|word| operator.contains(word));
    let divides = is_any(&["Div", "Rem"]);
    let sums = is_any(&["Add", "Sub", "Mul"]);
    match operator {
        _ if operator.starts_with("Local") || operator.ends_with("Const") => OperatorClass::Moves,
        _ if operator.starts_with("Global") => OperatorClass::Globals,
        "MemoryCopy" | "MemoryFill" | "MemoryInit" => OperatorClass::Copies,
        "CallIndirect" | "CallRef" | "ReturnCallIndirect" | "ReturnCallRef" => {
            OperatorClass::IndirectCalls
        }
        "Call" | "ReturnCall" => OperatorClass::Calls,
        "If" => OperatorClass::Branches,
        _ if operator.starts_with("Br") => OperatorClass::Branches,
        _ if operator.starts_with("V128") => OperatorClass::Longs,
        _ if is_any(&["Load", "Store"]) => OperatorClass::Accesses,
        "Select" | "TypedSelect" | "I32ReinterpretF32" | "F32ReinterpretI32" => {
            OperatorClass::Integers
        }
        "I64ReinterpretF64" | "F64ReinterpretI64" => OperatorClass::Longs,
        "F32Sqrt" | "F64Sqrt" => OperatorClass::Roots,
        _ if is_any(&["F64"]) && divides => OperatorClass::DoubleDivisions,
        _ if is_any(&["F64"]) && sums => OperatorClass::Doubles,
        _ if is_any(&["F64"]) => OperatorClass::DoubleConversions,
        _ if is_any(&["F32"]) && divides => OperatorClass::FloatDivisions,
        _ if is_any(&["F32"]) && sums => OperatorClass::Floats,
        _ if is_any(&["F32"]) => OperatorClass::FloatConversions,
        _ if operator.starts_with("I32") && divides => OperatorClass::Divisions,
        _ if operator.starts_with("I32") => OperatorClass::Integers,
        _ if operator.starts_with("I64") && divides => OperatorClass::LongDivisions,
        _ => OperatorClass::Longs,
    }
}

macro_rules! define_doubled {
    ($(@$proposal:ident $operator:ident $({ $($argument:ident: $type:ty),* })? => $visit:ident ($($arity:tt)*))*) => {
        /// The engine's own costs, but twice for the operators of a class: what is spent more than
        /// by the engine's costs is their number. A loop without end still ends by its fuel.
        pub(crate) fn doubled(class: OperatorClass) -> OperatorCost {
            let mut cost = OperatorCost::new();
            $(
                if class_of(stringify!($operator)) == class {
                    cost.$operator *= 2;
                }
            )*
            if class == OperatorClass::CopiedBytes {
                cost.variable.memory_copy_per_byte *= 2;
                cost.variable.memory_fill_per_byte *= 2;
                cost.variable.memory_init_per_byte *= 2;
            }
            cost
        }
    };
}

wasmparser::for_each_operator!(define_doubled);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn operators_have_the_class_that_their_name_says() {
        let cases = [
            ("LocalTee", OperatorClass::Moves),
            ("F64Const", OperatorClass::Moves),
            ("I32ShrU", OperatorClass::Integers),
            ("I32WrapI64", OperatorClass::Integers),
            ("I32RemU", OperatorClass::Divisions),
            ("I64ExtendI32S", OperatorClass::Longs),
            ("I64DivS", OperatorClass::LongDivisions),
            ("F32Mul", OperatorClass::Floats),
            ("F32Lt", OperatorClass::FloatConversions),
            ("F32ConvertI32U", OperatorClass::FloatConversions),
            ("I32TruncSatF32S", OperatorClass::FloatConversions),
            ("F32Div", OperatorClass::FloatDivisions),
            ("F32Sqrt", OperatorClass::Roots),
            ("F64Sub", OperatorClass::Doubles),
            ("F64PromoteF32", OperatorClass::DoubleConversions),
            ("F32DemoteF64", OperatorClass::DoubleConversions),
            ("I64TruncF64S", OperatorClass::DoubleConversions),
            ("F64Div", OperatorClass::DoubleDivisions),
            ("I64Load32U", OperatorClass::Accesses),
            ("F64Store", OperatorClass::Accesses),
            ("V128Load", OperatorClass::Longs),
            ("GlobalSet", OperatorClass::Globals),
            ("BrTable", OperatorClass::Branches),
            ("Call", OperatorClass::Calls),
            ("CallIndirect", OperatorClass::IndirectCalls),
            ("MemoryFill", OperatorClass::Copies),
        ];
        for (operator, class) in cases {
            assert_eq!(class_of(operator), class, "{operator}");
        }
    }

    #[test]
    fn names_are_unique_and_all_are_listed() {
        let names: BTreeSet<&str> = OperatorClass::ALL.iter().map(|one| one.name()).collect();
        assert_eq!(names.len(), OperatorClass::ALL.len());
        assert!(OperatorClass::ALL.is_sorted());
    }

    #[test]
    fn a_table_doubles_its_class_and_nothing_else() {
        let plain = OperatorCost::new();
        let table = doubled(OperatorClass::Doubles);
        assert_eq!(
            (table.F64Add, table.F64Div),
            (2 * plain.F64Add, plain.F64Div)
        );
        assert_eq!((table.I32Add, table.End), (plain.I32Add, 0));
        let table = doubled(OperatorClass::CopiedBytes);
        assert_eq!(table.variable.memory_copy_per_byte, 2);
        assert_eq!(table.MemoryCopy, plain.MemoryCopy);
    }
}
