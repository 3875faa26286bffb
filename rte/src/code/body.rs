//! The body of one core function, written from front to back; locals are asked for when needed.
//! Knows nothing of the module that it belongs to.

use crate::layout::Scalar;
use wasm_encoder::{BlockType, Function, Instruction, MemArg, ValType};

/// A function by where it stands; its index is known once all imports are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Callee {
    Import(u32),
    Local(u32),
}

/// Instructions, with calls still open.
#[derive(Debug)]
enum Step {
    Plain(Instruction<'static>),
    Call(Callee),
}

#[derive(Debug)]
pub(crate) struct Body {
    parameters: u32,
    locals: Vec<ValType>,
    steps: Vec<Step>,
}

impl Body {
    pub(crate) fn new(parameters: usize) -> Self {
        Self {
            parameters: parameters as u32,
            locals: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// A new local variable; zero at the start of the function only.
    pub(crate) fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        self.parameters + self.locals.len() as u32 - 1
    }

    pub(crate) fn op(&mut self, instruction: Instruction<'static>) -> &mut Self {
        self.steps.push(Step::Plain(instruction));
        self
    }

    pub(crate) fn call(&mut self, callee: Callee) -> &mut Self {
        self.steps.push(Step::Call(callee));
        self
    }

    pub(crate) fn i32(&mut self, value: u32) -> &mut Self {
        self.op(Instruction::I32Const(value.cast_signed()))
    }

    pub(crate) fn i64(&mut self, value: i64) -> &mut Self {
        self.op(Instruction::I64Const(value))
    }

    pub(crate) fn f64(&mut self, value: f64) -> &mut Self {
        self.op(Instruction::F64Const(value.into()))
    }

    pub(crate) fn get(&mut self, local: u32) -> &mut Self {
        self.op(Instruction::LocalGet(local))
    }

    pub(crate) fn set(&mut self, local: u32) -> &mut Self {
        self.op(Instruction::LocalSet(local))
    }

    pub(crate) fn tee(&mut self, local: u32) -> &mut Self {
        self.op(Instruction::LocalTee(local))
    }

    /// `local + offset`
    pub(crate) fn address(&mut self, local: u32, offset: u32) -> &mut Self {
        self.get(local);
        if offset > 0 {
            self.i32(offset).op(Instruction::I32Add);
        }
        self
    }

    /// `local += value`
    pub(crate) fn advance(&mut self, local: u32, value: u32) -> &mut Self {
        self.address(local, value).set(local)
    }

    pub(crate) fn begin_block(&mut self) -> &mut Self {
        self.op(Instruction::Block(BlockType::Empty))
    }

    pub(crate) fn begin_loop(&mut self) -> &mut Self {
        self.op(Instruction::Loop(BlockType::Empty))
    }

    pub(crate) fn begin_if(&mut self) -> &mut Self {
        self.op(Instruction::If(BlockType::Empty))
    }

    pub(crate) fn end(&mut self) -> &mut Self {
        self.op(Instruction::End)
    }

    /// Loads the scalar at the address on the stack plus `offset`.
    pub(crate) fn load(&mut self, scalar: Scalar, offset: u32) -> &mut Self {
        let at = at(offset);
        self.op(match scalar {
            Scalar::Bool | Scalar::U8 => Instruction::I32Load8U(at),
            Scalar::S8 => Instruction::I32Load8S(at),
            Scalar::U16 => Instruction::I32Load16U(at),
            Scalar::S16 => Instruction::I32Load16S(at),
            Scalar::U32 | Scalar::S32 | Scalar::Char => Instruction::I32Load(at),
            Scalar::U64 | Scalar::S64 => Instruction::I64Load(at),
            Scalar::F32 => Instruction::F32Load(at),
            Scalar::F64 => Instruction::F64Load(at),
        })
    }

    /// Stores the value on the stack at the address below it plus `offset`.
    pub(crate) fn store(&mut self, scalar: Scalar, offset: u32) -> &mut Self {
        let at = at(offset);
        self.op(match scalar {
            Scalar::Bool | Scalar::U8 | Scalar::S8 => Instruction::I32Store8(at),
            Scalar::U16 | Scalar::S16 => Instruction::I32Store16(at),
            Scalar::U32 | Scalar::S32 | Scalar::Char => Instruction::I32Store(at),
            Scalar::U64 | Scalar::S64 => Instruction::I64Store(at),
            Scalar::F32 => Instruction::F32Store(at),
            Scalar::F64 => Instruction::F64Store(at),
        })
    }

    /// Destination, source and length are on the stack.
    pub(crate) fn copy(&mut self) -> &mut Self {
        self.op(Instruction::MemoryCopy {
            src_mem: 0,
            dst_mem: 0,
        })
    }

    /// A loop over `count` elements: `each` runs with the index's local, from 0.
    pub(crate) fn repeat(&mut self, count: u32, each: impl FnOnce(&mut Self)) {
        let index = self.local(ValType::I32);
        self.i32(0).set(index).begin_block().begin_loop();
        self.get(index)
            .get(count)
            .op(Instruction::I32GeU)
            .op(Instruction::BrIf(1));
        each(self);
        self.advance(index, 1).op(Instruction::Br(0)).end().end();
    }

    pub(crate) fn finish(self, imports: u32) -> Function {
        let mut function = Function::new_with_locals_types(self.locals);
        for step in &self.steps {
            match step {
                Step::Plain(instruction) => function.instruction(instruction),
                Step::Call(Callee::Import(index)) => {
                    function.instruction(&Instruction::Call(*index))
                }
                Step::Call(Callee::Local(index)) => {
                    function.instruction(&Instruction::Call(imports + index))
                }
            };
        }
        function.instruction(&Instruction::End);
        function
    }
}

fn at(offset: u32) -> MemArg {
    MemArg {
        offset: offset.into(),
        align: 0,
        memory_index: 0,
    }
}

/// The unsigned integer of that many bytes.
pub(crate) fn unsigned(bytes: u32) -> Scalar {
    match bytes {
        1 => Scalar::U8,
        2 => Scalar::U16,
        _ => Scalar::U32,
    }
}
