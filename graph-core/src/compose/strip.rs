//! Takes `implements` annotations (labels of ports, Component Model 🏷️) out of a component: they
//! matter to the checks only, and engines refuse them by default. Core modules and custom sections
//! pass byte by byte. Knows nothing of projects.

use std::borrow::Cow;
use std::convert::Infallible;
use wasm_encoder::{
    Component, ComponentExportSection, ComponentExternName, ComponentImportSection,
    ComponentSectionId, ComponentType, InstanceType, RawSection,
    reencode::{Error, Reencode, ReencodeComponent, component_utils},
};
use wasmparser::{
    BinaryReaderError, ComponentExport, ComponentImportSectionReader, ComponentTypeDeclaration,
    CustomSectionReader, InstanceTypeDeclaration, Parser, Payload, WasmFeatures,
};

/// The same component without annotations; borrowed when it has none.
pub(super) fn strip_labels(component: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    if !has_labels(component)? {
        return Ok(Cow::Borrowed(component));
    }
    let mut stripped = Component::new();
    Stripper.parse_component(&mut stripped, parser(), component)?;
    Ok(Cow::Owned(stripped.finish()))
}

/// Whether any name at any depth of the component carries an annotation.
fn has_labels(component: &[u8]) -> Result<bool, BinaryReaderError> {
    for payload in parser().parse_all(component) {
        let found = match payload? {
            Payload::ComponentImportSection(section) => {
                any(section, |import| import.name.implements.is_some())?
            }
            Payload::ComponentExportSection(section) => {
                any(section, |export| export.name.implements.is_some())?
            }
            Payload::ComponentTypeSection(section) => any(section, type_has_labels)?,
            _ => false,
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

fn any<'a, T: wasmparser::FromReader<'a>>(
    section: wasmparser::SectionLimited<'a, T>,
    has: impl Fn(&T) -> bool,
) -> Result<bool, BinaryReaderError> {
    for item in section {
        if has(&item?) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn type_has_labels(item: &wasmparser::ComponentType<'_>) -> bool {
    match item {
        wasmparser::ComponentType::Component(items) => items.iter().any(|item| match item {
            ComponentTypeDeclaration::Import(import) => import.name.implements.is_some(),
            ComponentTypeDeclaration::Export { name, .. } => name.implements.is_some(),
            ComponentTypeDeclaration::Type(item) => type_has_labels(item),
            ComponentTypeDeclaration::CoreType(_) | ComponentTypeDeclaration::Alias(_) => false,
        }),
        wasmparser::ComponentType::Instance(items) => items.iter().any(|item| match item {
            InstanceTypeDeclaration::Export { name, .. } => name.implements.is_some(),
            InstanceTypeDeclaration::Type(item) => type_has_labels(item),
            InstanceTypeDeclaration::CoreType(_) | InstanceTypeDeclaration::Alias(_) => false,
        }),
        wasmparser::ComponentType::Defined(_)
        | wasmparser::ComponentType::Func(_)
        | wasmparser::ComponentType::Resource { .. } => false,
    }
}

/// A parser that reads annotations instead of refusing them.
fn parser() -> Parser {
    let mut parser = Parser::new(0);
    parser.set_features(WasmFeatures::all());
    parser
}

fn plain(name: wasmparser::ComponentExternName<'_>) -> ComponentExternName<'_> {
    let mut plain = ComponentExternName::from(name);
    plain.implements = None;
    plain
}

struct Stripper;

impl Reencode for Stripper {
    type Error = Infallible;
}

impl ReencodeComponent for Stripper {
    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        _parser: Parser,
        submodule: &[u8],
    ) -> Result<(), Error> {
        copy_section(component, ComponentSectionId::CoreModule, submodule);
        Ok(())
    }

    fn parse_component_custom_section(
        &mut self,
        component: &mut Component,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error> {
        component.section(&wasm_encoder::CustomSection {
            name: section.name().into(),
            data: section.data().into(),
        });
        Ok(())
    }

    fn parse_component_import_section(
        &mut self,
        imports: &mut ComponentImportSection,
        section: ComponentImportSectionReader<'_>,
    ) -> Result<(), Error> {
        for import in section {
            let import = import?;
            let item = self.component_type_ref(import.ty)?;
            imports.import(plain(import.name), item);
        }
        Ok(())
    }

    fn parse_component_export(
        &mut self,
        exports: &mut ComponentExportSection,
        export: ComponentExport<'_>,
    ) -> Result<(), Error> {
        let item = export
            .ty
            .map(|item| self.component_type_ref(item))
            .transpose()?;
        let index = self.component_external_index(export.kind, export.index);
        exports.export(plain(export.name), export.kind.into(), index, item);
        Ok(())
    }

    fn parse_component_type_declaration(
        &mut self,
        component: &mut ComponentType,
        declaration: ComponentTypeDeclaration<'_>,
    ) -> Result<(), Error> {
        match declaration {
            ComponentTypeDeclaration::Import(import) => {
                let item = self.component_type_ref(import.ty)?;
                component.import(plain(import.name), item);
                Ok(())
            }
            ComponentTypeDeclaration::Export { name, ty } => {
                let item = self.component_type_ref(ty)?;
                component.export(plain(name), item);
                Ok(())
            }
            other => component_utils::parse_component_type_declaration(self, component, other),
        }
    }

    fn parse_component_instance_type_declaration(
        &mut self,
        instance: &mut InstanceType,
        declaration: InstanceTypeDeclaration<'_>,
    ) -> Result<(), Error> {
        match declaration {
            InstanceTypeDeclaration::Export { name, ty } => {
                let item = self.component_type_ref(ty)?;
                instance.export(plain(name), item);
                Ok(())
            }
            other => {
                component_utils::parse_component_instance_type_declaration(self, instance, other)
            }
        }
    }
}

fn copy_section(component: &mut Component, id: ComponentSectionId, data: &[u8]) {
    component.section(&RawSection {
        id: id.into(),
        data,
    });
}
