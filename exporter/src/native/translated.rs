//! What `wasm2c` writes, made to know what the image knows: where its memories are and how large,
//! that there is one instance of it, and where the stack ends. Text in, text out; the shape of the
//! text is that of the versions that `tools` admits. Knows nothing of what the module does.

use std::fmt::Write;

/// How `wasm2c` reaches the parts of an instance.
const INSTANCE: &str = "instance->";
/// The instance of the module: there is one.
pub(crate) const SELF: &str = "wl_self";
/// Without counting of calls `wasm2c` checks no stack.
const UNCHECKED: &str = "#define FUNC_PROLOGUE\n";
const CHECKED: &str = "#define FUNC_PROLOGUE WL_CHECK_STACK\n";

/// A translated module whose loads and stores know address and size of their memory when they are
/// compiled, and that names its one instance: `wasm2c` reads all of that from a structure.
pub(crate) fn with_fixed_memories(
    module: &str,
    header: &str,
    prefix: &str,
    memory_bytes: &[u32],
) -> String {
    const ALLOCATES: &str = "wasm_rt_allocate_memory(&instance->";
    let names = module.split(ALLOCATES).skip(1);
    let names = names.filter_map(|rest| rest.split(',').next());
    let mut fixed = module.to_owned();
    for (memory, (name, bytes)) in names.zip(memory_bytes).enumerate() {
        fixed = with_fixed_memory(&fixed, name, memory, *bytes);
    }
    let fixed = fixed
        .replace(INSTANCE, &format!("{SELF}."))
        .replacen(UNCHECKED, CHECKED, 1);
    let include = format!("#include \"{header}\"\n");
    let known =
        format!("{include}#include \"translated.h\"\nstatic Z_{prefix}_instance_t {SELF};\n");
    fixed.replacen(&include, &known, 1)
}

/// `i32_load(&instance->M, (u64)(x) + 8u)` becomes `wl_i32_load(memory0_bytes, 512u, x, 8u)`.
fn with_fixed_memory(module: &str, name: &str, memory: usize, bytes: u32) -> String {
    let access = format!("(&instance->{name}, (u64)(");
    let mut parts = module.split(&access);
    let mut fixed = String::with_capacity(module.len());
    let mut before = parts.next().unwrap_or_default();
    for rest in parts {
        let function = before.rfind(|character: char| !is_of_a_name(character));
        let (head, function) = before.split_at(function.map_or(0, |place| place + 1));
        let (base, rest) = rest.split_once(')').unwrap_or((rest, ""));
        let (offset, rest) = match rest.strip_prefix(" + ") {
            Some(rest) => rest.split_at(rest.find([',', ')']).unwrap_or(rest.len())),
            None => ("0", rest),
        };
        let _ = write!(
            fixed,
            "{head}wl_{function}(memory{memory}_bytes, {bytes}u, {base}, {offset}"
        );
        before = rest;
    }
    fixed.push_str(before);
    fixed
}

fn is_of_a_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = r#"#include "m.h"
#define FUNC_PROLOGUE
  wasm_rt_allocate_memory(&instance->w2c_M0, 1, 1);
  wasm_rt_allocate_memory(&instance->w2c_M1, 1, 1);
  w2c_i1 = i32_load(&instance->w2c_M0, (u64)(w2c_i1) + 8u);
  i64_store8(&instance->w2c_M1, (u64)(w2c_i0), w2c_j1);
  i32_store(&instance->w2c_M0, (u64)(w2c_i0) + 4, f(i32_load(&instance->w2c_M1, (u64)(w2c_i2))));
  memory_fill(&instance->w2c_M0, w2c_i0, w2c_i1, w2c_i2);
  instance->w2c_g0 = 1u;
"#;

    #[test]
    fn accesses_know_their_memory() {
        let fixed = with_fixed_memories(MODULE, "m.h", "p3", &[96, 32]);
        insta::assert_snapshot!(fixed, @r#"
        #include "m.h"
        #include "translated.h"
        static Z_p3_instance_t wl_self;
        #define FUNC_PROLOGUE WL_CHECK_STACK
          wasm_rt_allocate_memory(&wl_self.w2c_M0, 1, 1);
          wasm_rt_allocate_memory(&wl_self.w2c_M1, 1, 1);
          w2c_i1 = wl_i32_load(memory0_bytes, 96u, w2c_i1, 8u);
          wl_i64_store8(memory1_bytes, 32u, w2c_i0, 0, w2c_j1);
          wl_i32_store(memory0_bytes, 96u, w2c_i0, 4, f(wl_i32_load(memory1_bytes, 32u, w2c_i2, 0)));
          memory_fill(&wl_self.w2c_M0, w2c_i0, w2c_i1, w2c_i2);
          wl_self.w2c_g0 = 1u;
        "#);
    }
}
