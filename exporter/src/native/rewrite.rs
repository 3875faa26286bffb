//! Renumbers the code, data and elements of one module for its place in the merged one. Knows
//! nothing of where the places come from.

use super::merge::{Form, Helper, Kind, Places};
use indexmap::IndexMap;
use wasm_encoder::{
    ConstExpr, GlobalType, Instruction,
    reencode::{Error, Reencode, utils},
};
use wasmparser::Operator;

/// What merging does not take, by the name of the instruction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}`")]
pub(crate) struct Uncovered(pub(crate) &'static str);

pub(crate) struct Rewriter<'a> {
    pub(crate) form: Form,
    pub(crate) places: &'a Places,
    /// All globals so far, with their first values.
    pub(crate) globals: &'a [(GlobalType, ConstExpr)],
    /// Of every memory so far: its size in the pages of its module.
    pub(crate) sizes: &'a [u32],
    pub(crate) helpers: &'a mut IndexMap<Helper, u32>,
    /// Index of the first helper in the merged module.
    pub(crate) first_helper: u32,
}

type Renumbered = Result<u32, Error<Uncovered>>;

impl Rewriter<'_> {
    fn place(&self, kind: Kind, index: u32, name: &'static str) -> Renumbered {
        let places = self.places.list(kind);
        let place = places.get(index as usize).copied();
        place.ok_or(Error::UserError(Uncovered(name)))
    }

    fn helper(&mut self, helper: Helper) -> u32 {
        let next = self.first_helper + self.helpers.len() as u32;
        *self.helpers.entry(helper).or_insert(next)
    }

    /// The size of a memory in the pages of its module, which the merged one does not keep.
    fn size(&mut self, memory: u32) -> Renumbered {
        let place = self.memory_index(memory)?;
        let size = self.sizes.get(place as usize).copied();
        size.ok_or(Error::UserError(Uncovered("a memory that is not there")))
    }
}

impl Reencode for Rewriter<'_> {
    type Error = Uncovered;

    fn data_index(&mut self, data: u32) -> Renumbered {
        Ok(self.places.data_base + data)
    }

    fn element_index(&mut self, element: u32) -> Renumbered {
        Ok(self.places.element_base + element)
    }

    fn function_index(&mut self, function: u32) -> Renumbered {
        self.place(Kind::Function, function, "a function that is not there")
    }

    fn global_index(&mut self, global: u32) -> Renumbered {
        self.place(Kind::Global, global, "a global that is not there")
    }

    fn memory_index(&mut self, memory: u32) -> Renumbered {
        self.place(Kind::Memory, memory, "a memory that is not there")
    }

    fn table_index(&mut self, table: u32) -> Renumbered {
        self.place(Kind::Table, table, "a table that is not there")
    }

    fn type_index(&mut self, ty: u32) -> Renumbered {
        let place = self.places.types.get(ty as usize).copied();
        place.ok_or(Error::UserError(Uncovered("a type that is not there")))
    }

    /// A global that is imported from a module becomes its value: a constant expression may name
    /// imported globals only.
    fn const_expr(
        &mut self,
        expression: wasmparser::ConstExpr<'_>,
    ) -> Result<ConstExpr, Error<Uncovered>> {
        if let Operator::GlobalGet { global_index } = expression.get_operators_reader().read()? {
            let place = self.global_index(global_index)?;
            if let Some((_, value)) = self.globals.get(place as usize) {
                return Ok(value.clone());
            }
        }
        utils::const_expr(self, expression)
    }

    fn instruction<'a>(
        &mut self,
        operator: Operator<'a>,
    ) -> Result<Instruction<'a>, Error<Uncovered>> {
        match operator {
            other if self.form != Form::C => utils::instruction(self, other),
            Operator::MemoryCopy { dst_mem, src_mem } => {
                let to = self.memory_index(dst_mem)?;
                let from = self.memory_index(src_mem)?;
                if to == from {
                    return Ok(Instruction::MemoryCopy {
                        src_mem: from,
                        dst_mem: to,
                    });
                }
                Ok(Instruction::Call(self.helper(Helper::Copy { to, from })))
            }
            // No memory grows: its size is known.
            Operator::MemorySize { mem } => {
                Ok(Instruction::I32Const(self.size(mem)?.cast_signed()))
            }
            Operator::MemoryGrow { mem } => {
                let size = self.size(mem)?;
                Ok(Instruction::Call(self.helper(Helper::Grow { size })))
            }
            Operator::MemoryInit { .. } => Err(Error::UserError(Uncovered("memory.init"))),
            Operator::TableInit { .. } => Err(Error::UserError(Uncovered("table.init"))),
            Operator::TableCopy { .. } => Err(Error::UserError(Uncovered("table.copy"))),
            Operator::TableGrow { .. } => Err(Error::UserError(Uncovered("table.grow"))),
            other => utils::instruction(self, other),
        }
    }
}
