//! From a partition to one core module: what is instantiated in which order, what each import is,
//! and what the host has to serve. The component itself is read by `wasmtime-environ`, so that
//! adapters between components are the engine's own. Two users: the path by C, and what boards
//! interpret. Knows nothing of C.

mod features;
mod import;
mod refusal;

use super::{
    asynchronous,
    engine::{asynchronous_name, entity, value},
    finding::NativeFinding,
    flattened::{Call, Caller, Does, Flattened, Value},
    host::serve,
    merge::{self, Arguments, Definition, Form, HostImport},
    tables,
};
use ecu_host::import::{FLAGS, MEMORY, REALLOC, START};
use features::features;
use import::import_of;
use std::collections::BTreeMap;
use wasmparser::Validator;
use wasmtime_environ::{
    EntityIndex, ModuleTranslation, PrimaryMap, ScopeVec, StaticModuleIndex, Tunables, WasmValType,
    component::{
        CanonicalOptions, CanonicalOptionsDataModel, Component, ComponentTranslation,
        ComponentTypesBuilder, CoreDef, CoreExport, Export, ExportItem, FixedEncoding,
        GlobalInitializer, InstantiateModule, RuntimeImportIndex, StringEncoding, Trampoline,
        TrampolineIndex, Transcode, Translator,
    },
};

/// Flattens a partition for C. Its bytes are a valid component without labels, as composition writes
/// it.
pub fn flatten(partition: &str, component: &[u8]) -> Result<Flattened, NativeFinding> {
    flatten_as(Form::C, partition, component)
}

/// Flattens a partition for the engine on a board: a core module that exports each task by its
/// name, and names its imports as [`Import`] says.
pub fn flatten_for_engine(partition: &str, component: &[u8]) -> Result<Vec<u8>, NativeFinding> {
    let form = Form::Engine { start: START };
    Ok(flatten_as(form, partition, component)?.module)
}

fn flatten_as(form: Form, partition: &str, component: &[u8]) -> Result<Flattened, NativeFinding> {
    let invalid = |error: &dyn std::fmt::Display| NativeFinding::Invalid {
        partition: partition.to_owned(),
        reason: error.to_string(),
    };
    if let Some(construct) = asynchronous::first(component) {
        return Err(NativeFinding::Async {
            partition: partition.to_owned(),
            construct,
        });
    }
    let tunables = Tunables {
        concurrency_support: false,
        ..Tunables::default_u32()
    };
    let mut validator = Validator::new_with_features(features(form));
    let mut types = ComponentTypesBuilder::new(&validator);
    let adapters = ScopeVec::new();
    let (translation, modules) = Translator::new(&tunables, &mut validator, &mut types, &adapters)
        .translate(component)
        .map_err(|error| invalid(&error))?;
    let plan = Plan {
        form,
        partition,
        translation: &translation,
        modules: &modules,
        types: &types,
    };
    plan.flatten()
}

struct Plan<'a> {
    form: Form,
    partition: &'a str,
    translation: &'a ComponentTranslation,
    modules: &'a PrimaryMap<StaticModuleIndex, ModuleTranslation<'a>>,
    types: &'a ComponentTypesBuilder,
}

/// Trampolines that are used, and the import that each becomes.
type Places = BTreeMap<TrampolineIndex, u32>;

/// Things that the host reaches by number, and the numbers that they got.
#[derive(Default)]
struct Reached {
    memories: Vec<Definition>,
    reallocs: Vec<Definition>,
    flags: Vec<Definition>,
}

impl Reached {
    fn number(list: &mut Vec<Definition>, definition: Definition) -> u32 {
        let known = list.iter().position(|one| *one == definition);
        known.unwrap_or_else(|| {
            list.push(definition);
            list.len() - 1
        }) as u32
    }
}

impl Plan<'_> {
    fn component(&self) -> &Component {
        &self.translation.component
    }

    fn flatten(&self) -> Result<Flattened, NativeFinding> {
        let (tasks, exports) = self.tasks()?;
        let places: Places = (0..)
            .zip(self.used_trampolines(&exports))
            .map(|(place, index)| (index, place))
            .collect();
        let mut reached = Reached::default();
        let mut calls = Vec::new();
        for index in places.keys() {
            calls.push(self.call(*index, &places, &mut reached)?);
        }
        let instances = self.instances(&places)?;
        let mut named = Vec::new();
        for (number, (name, definition)) in tasks.iter().zip(&exports).enumerate() {
            let name = match self.form {
                Form::C => format!("task{number}"),
                Form::Engine { .. } => name.clone(),
            };
            named.push((name, self.definition(definition, &places)?));
        }
        let [memory, realloc, flags] = match self.form {
            Form::C => ["memory", "realloc", "flags"],
            Form::Engine { .. } => [MEMORY, REALLOC, FLAGS],
        };
        let lists = [
            (memory, reached.memories),
            (realloc, reached.reallocs),
            (flags, reached.flags),
        ];
        for (prefix, list) in lists {
            for (number, definition) in list.into_iter().enumerate() {
                named.push((format!("{prefix}{number}"), definition));
            }
        }
        let imports: Vec<_> = calls
            .iter()
            .enumerate()
            .map(|(number, call)| self.import(number, call))
            .collect();
        let merged = merge::merge(self.partition, self.form, &imports, &instances, &named)?;
        // The engine leaves the bodies of functions to its compiler: they are looked at here.
        Validator::new_with_features(features(self.form))
            .validate_all(&merged.module)
            .map_err(|error| self.invalid(&error))?;
        Ok(Flattened {
            module: merged.module,
            tasks,
            calls,
            memory_bytes: merged.memory_bytes,
            table_entries: merged.table_entries,
        })
    }

    fn import(&self, number: usize, call: &Call) -> HostImport {
        let (module, name) = match self.form {
            Form::C => (merge::HOST.to_owned(), format!("call{number}")),
            Form::Engine { .. } => import_of(call).names(),
        };
        HostImport {
            module,
            name,
            parameters: call.parameters.clone(),
            result: call.result,
        }
    }

    /// Names of the component's functions without parameters and results, and what they are.
    fn tasks(&self) -> Result<(Vec<String>, Vec<CoreDef>), NativeFinding> {
        let component = self.component();
        let (mut names, mut definitions) = (Vec::new(), Vec::new());
        for (name, (index, _)) in component.exports.raw_iter() {
            let Some(Export::LiftedFunction { ty, func, options }) =
                component.export_items.get(*index)
            else {
                continue;
            };
            let options = self.options(*options)?;
            if options.async_ {
                return Err(self.asynchronous("an async export"));
            }
            let function = &self.types[*ty];
            let plain = self.types[function.params].types.is_empty()
                && self.types[function.results].types.is_empty();
            if plain {
                names.push(name.to_string());
                definitions.push(func.clone());
            }
        }
        Ok((names, definitions))
    }

    fn used_trampolines(&self, exports: &[CoreDef]) -> std::collections::BTreeSet<TrampolineIndex> {
        let mut used = std::collections::BTreeSet::new();
        let mut note = |definition: &CoreDef| {
            if let CoreDef::Trampoline(index) = definition {
                used.insert(*index);
            }
        };
        exports.iter().for_each(&mut note);
        for initializer in &self.component().initializers {
            match initializer {
                GlobalInitializer::InstantiateModule(InstantiateModule::Static(_, args), _) => {
                    args.iter().for_each(&mut note);
                }
                GlobalInitializer::ExtractRealloc(realloc) => note(&realloc.def),
                _ => {}
            }
        }
        used
    }

    fn instances(&self, places: &Places) -> Result<Vec<Arguments<'_>>, NativeFinding> {
        let mut instances = Vec::new();
        for initializer in &self.component().initializers {
            match initializer {
                GlobalInitializer::InstantiateModule(
                    InstantiateModule::Static(module, args),
                    _,
                ) => {
                    let module = self
                        .modules
                        .get(*module)
                        .ok_or_else(|| self.bug("module"))?;
                    let arguments: Result<Vec<_>, _> = args
                        .iter()
                        .map(|argument| self.definition(argument, places))
                        .collect();
                    instances.push(Arguments {
                        wasm: module.wasm,
                        arguments: arguments?,
                    });
                }
                GlobalInitializer::InstantiateModule(InstantiateModule::Import(..), _) => {
                    return Err(self.construct("an imported core module"));
                }
                GlobalInitializer::Resource(_) => return Err(self.resource("a resource type")),
                GlobalInitializer::ExtractCallback(_) => {
                    return Err(self.asynchronous("a callback"));
                }
                _ => {}
            }
        }
        Ok(instances)
    }

    fn definition(
        &self,
        definition: &CoreDef,
        places: &Places,
    ) -> Result<Definition, NativeFinding> {
        match definition {
            CoreDef::Export(export) => Ok(self.exported(export)),
            CoreDef::InstanceFlags(instance) => Ok(Definition::Flags(instance.as_u32())),
            CoreDef::Trampoline(index) => places
                .get(index)
                .map(|place| Definition::Import(*place))
                .ok_or_else(|| self.bug("trampoline")),
            CoreDef::UnsafeIntrinsic(_) => Err(self.construct("an unsafe intrinsic")),
            CoreDef::TaskMayBlock => Err(self.asynchronous("a task that may block")),
        }
    }

    fn exported(&self, export: &CoreExport<EntityIndex>) -> Definition {
        let instance = export.instance.as_u32();
        match &export.item {
            ExportItem::Name(name) => Definition::Named {
                instance,
                name: name.clone(),
            },
            ExportItem::Index(index) => {
                let (kind, index) = entity(*index);
                Definition::Index {
                    instance,
                    kind,
                    index,
                }
            }
        }
    }

    /// What a trampoline asks of the host.
    fn call(
        &self,
        index: TrampolineIndex,
        places: &Places,
        reached: &mut Reached,
    ) -> Result<Call, NativeFinding> {
        let trampoline = self
            .translation
            .trampolines
            .get(index)
            .ok_or_else(|| self.bug("trampoline"))?;
        let mut taken = Vec::new();
        let (does, caller) = match trampoline {
            Trampoline::LowerImport {
                index: lowered,
                lower_ty,
                options,
            } => {
                let import = self.lowered(lowered.as_u32())?;
                let (interface, function) = self.import_name(import)?;
                if self.form == Form::C && serve(&interface, &function).is_none() {
                    return Err(NativeFinding::Import {
                        partition: self.partition.to_owned(),
                        interface,
                        function,
                    });
                }
                let mut caller = self.caller(self.options(*options)?, places, reached)?;
                let ty = &self.types[*lower_ty];
                caller.table = tables::first(self.types, &self.types[ty.params].types);
                taken = tables::all(self.types, &self.types[ty.params].types);
                caller.made = tables::first(self.types, &self.types[ty.results].types);
                (
                    Does::Function {
                        interface,
                        function,
                    },
                    caller,
                )
            }
            Trampoline::Transcoder { op, from, to, .. } => {
                if *op != Transcode::Copy(FixedEncoding::Utf8) {
                    return Err(NativeFinding::Transcoding {
                        partition: self.partition.to_owned(),
                        transcoding: op.desc(),
                    });
                }
                let from = self.memory(from.as_u32(), reached)?;
                let to = self.memory(to.as_u32(), reached)?;
                (Does::CopyUtf8 { from, to }, Caller::default())
            }
            Trampoline::ResourceDrop { ty, .. } => {
                (Does::Drop { table: ty.as_u32() }, Caller::default())
            }
            Trampoline::ResourceTransferOwn => (Does::MoveOwn, Caller::default()),
            Trampoline::ResourceTransferBorrow => (Does::Lend, Caller::default()),
            Trampoline::ResourceNew { .. } => return Err(self.resource("resource.new")),
            Trampoline::ResourceRep { .. } => return Err(self.resource("resource.rep")),
            Trampoline::Trap => (Does::Trap, Caller::default()),
            other => return Err(self.asynchronous(asynchronous_name(other))),
        };
        let (parameters, result) = self.signature(index);
        Ok(Call {
            does,
            caller,
            taken,
            parameters,
            result,
        })
    }

    fn signature(&self, index: TrampolineIndex) -> (Vec<Value>, Option<Value>) {
        let Some(signature) = self.component().trampolines.get(index) else {
            return (Vec::new(), None);
        };
        let function = self.types.module_types_builder()[*signature].unwrap_func();
        let values =
            |types: &[WasmValType]| -> Vec<Value> { types.iter().filter_map(value).collect() };
        (
            values(function.params()),
            values(function.results()).first().copied(),
        )
    }

    fn lowered(&self, lowered: u32) -> Result<RuntimeImportIndex, NativeFinding> {
        let found = self
            .component()
            .initializers
            .iter()
            .find_map(|one| match one {
                GlobalInitializer::LowerImport { index, import } if index.as_u32() == lowered => {
                    Some(*import)
                }
                _ => None,
            });
        found.ok_or_else(|| self.bug("lowering"))
    }

    fn import_name(&self, import: RuntimeImportIndex) -> Result<(String, String), NativeFinding> {
        let component = self.component();
        let (index, path) = component
            .imports
            .get(import)
            .ok_or_else(|| self.bug("import"))?;
        let (interface, _) = component
            .import_types
            .get(*index)
            .ok_or_else(|| self.bug("import"))?;
        Ok((interface.clone(), path.join(".")))
    }

    fn caller(
        &self,
        options: &CanonicalOptions,
        places: &Places,
        reached: &mut Reached,
    ) -> Result<Caller, NativeFinding> {
        if options.async_ {
            return Err(self.asynchronous("an async import"));
        }
        if options.string_encoding != StringEncoding::Utf8 {
            return Err(NativeFinding::Transcoding {
                partition: self.partition.to_owned(),
                transcoding: "utf16-to-utf8",
            });
        }
        let memory = match options.memory() {
            Some(memory) => Some(self.memory(memory.as_u32(), reached)?),
            None => None,
        };
        let realloc = match options.data_model {
            CanonicalOptionsDataModel::LinearMemory(linear) => match linear.realloc {
                Some(realloc) => Some(self.realloc(realloc.as_u32(), places, reached)?),
                None => None,
            },
            CanonicalOptionsDataModel::Gc {} => {
                return Err(self.construct("values of the garbage collector"));
            }
        };
        let flags = Definition::Flags(options.instance.as_u32());
        Ok(Caller {
            memory,
            realloc,
            flags: Some(Reached::number(&mut reached.flags, flags)),
            table: None,
            made: None,
        })
    }

    fn memory(&self, index: u32, reached: &mut Reached) -> Result<u32, NativeFinding> {
        let export = self
            .component()
            .initializers
            .iter()
            .find_map(|one| match one {
                GlobalInitializer::ExtractMemory(memory) if memory.index.as_u32() == index => {
                    Some(memory.export.clone())
                }
                _ => None,
            });
        let export = export.ok_or_else(|| self.bug("memory"))?;
        let definition = self.exported(&export.map_index(EntityIndex::Memory));
        Ok(Reached::number(&mut reached.memories, definition))
    }

    fn realloc(
        &self,
        index: u32,
        places: &Places,
        reached: &mut Reached,
    ) -> Result<u32, NativeFinding> {
        let found = self
            .component()
            .initializers
            .iter()
            .find_map(|one| match one {
                GlobalInitializer::ExtractRealloc(realloc) if realloc.index.as_u32() == index => {
                    Some(&realloc.def)
                }
                _ => None,
            });
        let definition = self.definition(found.ok_or_else(|| self.bug("realloc"))?, places)?;
        Ok(Reached::number(&mut reached.reallocs, definition))
    }

    fn options(
        &self,
        index: wasmtime_environ::component::OptionsIndex,
    ) -> Result<&CanonicalOptions, NativeFinding> {
        self.component()
            .options
            .get(index)
            .ok_or_else(|| self.bug("options"))
    }
}
