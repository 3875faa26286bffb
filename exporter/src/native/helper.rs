//! The few functions that merging adds. Knows nothing of the modules around them.

use super::{merge::Helper, scan::Signature};
use wasm_encoder::{BlockType, Function, Instruction, MemArg, ValType};

/// Type and body of a helper.
pub(crate) fn write(helper: &Helper) -> (Signature, Function) {
    match helper {
        Helper::Copy { to, from } => ((vec![ValType::I32; 3], Vec::new()), copy(*to, *from)),
        Helper::Grow { size } => {
            let mut function = Function::new([]);
            function.instruction(&Instruction::I32Const(-1));
            function.instruction(&Instruction::I32Const(size.cast_signed()));
            function.instruction(&Instruction::LocalGet(0));
            function.instruction(&Instruction::Select);
            function.instruction(&Instruction::End);
            ((vec![ValType::I32], vec![ValType::I32]), function)
        }
        Helper::Start(functions) => {
            let mut function = Function::new([]);
            for start in functions {
                function.instruction(&Instruction::Call(*start));
            }
            function.instruction(&Instruction::End);
            ((Vec::new(), Vec::new()), function)
        }
    }
}

/// `(to, from, bytes)`: whole words first, then what is left. It traps on its way where
/// `memory.copy` traps at once; nobody looks at a memory after a trap.
fn copy(to_memory: u32, from_memory: u32) -> Function {
    let mut function = Function::new([]);
    let argument = |memory_index| MemArg {
        offset: 0,
        align: 0,
        memory_index,
    };
    for (step, word) in [(4, true), (1, false)] {
        let (to, from, bytes) = (0, 1, 2);
        function.instruction(&Instruction::Block(BlockType::Empty));
        function.instruction(&Instruction::Loop(BlockType::Empty));
        function.instruction(&Instruction::LocalGet(bytes));
        function.instruction(&Instruction::I32Const(step));
        function.instruction(&Instruction::I32LtU);
        function.instruction(&Instruction::BrIf(1));
        function.instruction(&Instruction::LocalGet(to));
        function.instruction(&Instruction::LocalGet(from));
        function.instruction(&match word {
            true => Instruction::I32Load(argument(from_memory)),
            false => Instruction::I32Load8U(argument(from_memory)),
        });
        function.instruction(&match word {
            true => Instruction::I32Store(argument(to_memory)),
            false => Instruction::I32Store8(argument(to_memory)),
        });
        for (local, operation) in [
            (to, Instruction::I32Add),
            (from, Instruction::I32Add),
            (bytes, Instruction::I32Sub),
        ] {
            function.instruction(&Instruction::LocalGet(local));
            function.instruction(&Instruction::I32Const(step));
            function.instruction(&operation);
            function.instruction(&Instruction::LocalSet(local));
        }
        function.instruction(&Instruction::Br(0));
        function.instruction(&Instruction::End);
        function.instruction(&Instruction::End);
    }
    function.instruction(&Instruction::End);
    function
}
