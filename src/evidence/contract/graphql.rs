//! GraphQL's schema language: types with their fields, arguments and values.

use apollo_parser::cst::{self, CstNode, Definition};
use apollo_parser::{Parser, SyntaxNode};
use std::collections::BTreeMap;

/// Tokens of one file.
const MAX_TOKENS: usize = 500_000;
/// Types in types, brackets in brackets.
const MAX_DEPTH: usize = 100;

/// The type system that one file defines or extends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Types by name, extensions joined.
    pub types: BTreeMap<String, Type>,
    /// The types of `query`, `mutation` and `subscription`, where a `schema` names them.
    pub roots: BTreeMap<String, (String, u32)>,
    /// Directives by name with their lines.
    pub directives: BTreeMap<String, u32>,
    /// Why it could not be read as a whole.
    pub problem: Option<String>,
}

/// A type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Type {
    /// `type`, `interface`, `input`, `enum`, `union` or `scalar`.
    pub kind: &'static str,
    /// Where it stands.
    pub line: u32,
    /// Its fields.
    pub fields: BTreeMap<String, Field>,
    /// Values of an enum, types of a union, with their lines.
    pub members: BTreeMap<String, u32>,
    /// What it implements.
    pub interfaces: BTreeMap<String, u32>,
}

/// A field, an argument, or a field of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its type.
    pub of: Shape,
    /// Where it stands.
    pub line: u32,
    /// Whether it says that it will go.
    pub deprecated: bool,
    /// Its default, as it is written.
    pub default: Option<String>,
    /// Its arguments.
    pub arguments: BTreeMap<String, Self>,
}

/// How a type is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A type by its name.
    Named(String),
    /// A list.
    List(Box<Self>),
    /// What is never null.
    NonNull(Box<Self>),
}

impl std::fmt::Display for Shape {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(name) => formatter.write_str(name),
            Self::List(inner) => write!(formatter, "[{inner}]"),
            Self::NonNull(inner) => write!(formatter, "{inner}!"),
        }
    }
}

/// The schema; none where the file defines no type.
pub(super) fn read(text: &str) -> Option<Schema> {
    let tree = Parser::new(text).recursion_limit(MAX_DEPTH).token_limit(MAX_TOKENS).parse();
    let mut reader = Reader { lines: starts(text), schema: Schema::default() };
    for definition in tree.document().definitions() {
        reader.definition(&definition);
    }
    let Schema { types, roots, directives, .. } = &reader.schema;
    if types.is_empty() && roots.is_empty() && directives.is_empty() {
        return None;
    }
    reader.schema.problem = tree.errors().next().map(|error| error.message().chars().take(120).collect());
    Some(reader.schema)
}

fn starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

struct Reader {
    /// Where each line starts.
    lines: Vec<usize>,
    schema: Schema,
}

impl Reader {
    fn definition(&mut self, definition: &Definition) {
        match definition {
            Definition::ObjectTypeDefinition(one) => {
                self.object("type", one.name(), one.implements_interfaces(), one.fields_definition());
            }
            Definition::ObjectTypeExtension(one) => {
                self.object("type", one.name(), one.implements_interfaces(), one.fields_definition());
            }
            Definition::InterfaceTypeDefinition(one) => {
                self.object("interface", one.name(), one.implements_interfaces(), one.fields_definition());
            }
            Definition::InterfaceTypeExtension(one) => {
                self.object("interface", one.name(), one.implements_interfaces(), one.fields_definition());
            }
            Definition::InputObjectTypeDefinition(one) => {
                self.input(one.name(), one.input_fields_definition());
            }
            Definition::InputObjectTypeExtension(one) => {
                self.input(one.name(), one.input_fields_definition());
            }
            Definition::EnumTypeDefinition(one) => self.values(one.name(), one.enum_values_definition()),
            Definition::EnumTypeExtension(one) => self.values(one.name(), one.enum_values_definition()),
            Definition::UnionTypeDefinition(one) => self.union(one.name(), one.union_member_types()),
            Definition::UnionTypeExtension(one) => self.union(one.name(), one.union_member_types()),
            Definition::ScalarTypeDefinition(one) => {
                self.named("scalar", one.name());
            }
            Definition::DirectiveDefinition(one) => {
                if let Some(name) = one.name() {
                    let line = self.line(name.syntax());
                    self.schema.directives.insert(name.text().to_string(), line);
                }
            }
            Definition::SchemaDefinition(one) => self.roots(one.root_operation_type_definitions()),
            Definition::SchemaExtension(one) => self.roots(one.root_operation_type_definitions()),
            Definition::ScalarTypeExtension(_)
            | Definition::OperationDefinition(_)
            | Definition::FragmentDefinition(_) => {}
        }
    }

    /// The type with this name, new or met before.
    fn named(&mut self, kind: &'static str, name: Option<cst::Name>) -> Option<&mut Type> {
        let name = name?;
        let line = self.line(name.syntax());
        let new = || Type { kind, line, ..Type::default() };
        Some(self.schema.types.entry(name.text().to_string()).or_insert_with(new))
    }

    fn object(
        &mut self,
        kind: &'static str,
        name: Option<cst::Name>,
        interfaces: Option<cst::ImplementsInterfaces>,
        fields: Option<cst::FieldsDefinition>,
    ) {
        let fields: Vec<(String, Field)> = fields
            .into_iter()
            .flat_map(|all| all.field_definitions())
            .filter_map(|one| self.field(&one))
            .collect();
        let interfaces: Vec<(String, u32)> = interfaces
            .into_iter()
            .flat_map(|all| all.named_types())
            .filter_map(|one| Some((one.name()?.text().to_string(), self.line(one.syntax()))))
            .collect();
        if let Some(found) = self.named(kind, name) {
            found.fields.extend(fields);
            found.interfaces.extend(interfaces);
        }
    }

    fn input(&mut self, name: Option<cst::Name>, fields: Option<cst::InputFieldsDefinition>) {
        let fields: Vec<(String, Field)> = fields
            .into_iter()
            .flat_map(|all| all.input_value_definitions())
            .filter_map(|one| self.value(&one))
            .collect();
        if let Some(found) = self.named("input", name) {
            found.fields.extend(fields);
        }
    }

    fn values(&mut self, name: Option<cst::Name>, values: Option<cst::EnumValuesDefinition>) {
        let values: Vec<(String, u32)> = values
            .into_iter()
            .flat_map(|all| all.enum_value_definitions())
            .filter_map(|one| {
                let value = one.enum_value()?.name()?;
                Some((value.text().to_string(), self.line(value.syntax())))
            })
            .collect();
        if let Some(found) = self.named("enum", name) {
            found.members.extend(values);
        }
    }

    fn union(&mut self, name: Option<cst::Name>, members: Option<cst::UnionMemberTypes>) {
        let members: Vec<(String, u32)> = members
            .into_iter()
            .flat_map(|all| all.named_types())
            .filter_map(|one| Some((one.name()?.text().to_string(), self.line(one.syntax()))))
            .collect();
        if let Some(found) = self.named("union", name) {
            found.members.extend(members);
        }
    }

    fn roots(&mut self, roots: cst::CstChildren<cst::RootOperationTypeDefinition>) {
        for root in roots {
            let operation = root.operation_type().map(|one| one.source_string().trim().to_owned());
            let of = root.named_type().and_then(|one| one.name()).map(|name| name.text().to_string());
            if let Some((operation, of)) = operation.zip(of) {
                let line = self.line(root.syntax());
                self.schema.roots.insert(operation, (of, line));
            }
        }
    }

    fn field(&self, field: &cst::FieldDefinition) -> Option<(String, Field)> {
        let name = field.name()?;
        let arguments =
            field.arguments_definition().into_iter().flat_map(|all| all.input_value_definitions());
        let found = Field {
            of: shape(&field.ty()?)?,
            line: self.line(name.syntax()),
            deprecated: deprecated(field.directives()),
            default: None,
            arguments: arguments.filter_map(|one| self.value(&one)).collect(),
        };
        Some((name.text().to_string(), found))
    }

    fn value(&self, value: &cst::InputValueDefinition) -> Option<(String, Field)> {
        let name = value.name()?;
        let found = Field {
            of: shape(&value.ty()?)?,
            line: self.line(name.syntax()),
            deprecated: deprecated(value.directives()),
            default: value
                .default_value()
                .and_then(|one| one.value())
                .map(|one| one.source_string().trim().to_owned()),
            arguments: BTreeMap::new(),
        };
        Some((name.text().to_string(), found))
    }

    fn line(&self, node: &SyntaxNode) -> u32 {
        let at = usize::from(node.text_range().start());
        u32::try_from(self.lines.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }
}

fn deprecated(directives: Option<cst::Directives>) -> bool {
    let mut all = directives.into_iter().flat_map(|all| all.directives());
    all.any(|one| one.name().is_some_and(|name| name.text() == "deprecated"))
}

fn shape(of: &cst::Type) -> Option<Shape> {
    let named = |named: &cst::NamedType| Some(Shape::Named(named.name()?.text().to_string()));
    let list = |list: &cst::ListType| Some(Shape::List(Box::new(shape(&list.ty()?)?)));
    match of {
        cst::Type::NamedType(one) => named(one),
        cst::Type::ListType(one) => list(one),
        cst::Type::NonNullType(one) => {
            let inner = match (one.named_type(), one.list_type()) {
                (Some(one), _) => named(&one),
                (None, Some(one)) => list(&one),
                (None, None) => None,
            };
            Some(Shape::NonNull(Box::new(inner?)))
        }
    }
}
