//! Protocol Buffers: packages with their messages, enums and services. Imports are not followed: types are told by their names.

use prost_types::field_descriptor_proto::Label;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, MessageOptions,
    ServiceDescriptorProto,
};
use std::collections::HashMap;

/// Longest text that is parsed.
const MAX_BYTES: usize = 1 << 20;

/// A file of Protocol Buffers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proto {
    /// Its package.
    pub package: String,
    /// Where it says so.
    pub line: u32,
    /// Messages, those in messages too.
    pub messages: Vec<Message>,
    /// Enums, those in messages too.
    pub enums: Vec<Enum>,
    /// Services.
    pub services: Vec<Service>,
    /// Why it could not be read.
    pub problem: Option<String>,
}

/// A message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// Its name with the package.
    pub name: String,
    /// Where it stands.
    pub line: u32,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Numbers that nobody may use again: first and last.
    pub reserved: Vec<(i32, i32)>,
}

/// A field of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its number on the wire.
    pub number: i32,
    /// Its type, as it is written.
    pub of: String,
    /// Whether there can be several.
    pub repeated: bool,
    /// Whether there must be one, in proto2.
    pub required: bool,
    /// The `oneof` that it belongs to.
    pub oneof: Option<String>,
    /// Where it stands.
    pub line: u32,
}

/// An enum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enum {
    /// Its name with the package.
    pub name: String,
    /// Where it stands.
    pub line: u32,
    /// Names, numbers and lines of its values.
    pub values: Vec<(String, i32, u32)>,
    /// Numbers that nobody may use again: first and last.
    pub reserved: Vec<(i32, i32)>,
}

/// A service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// Its name with the package.
    pub name: String,
    /// Where it stands.
    pub line: u32,
    /// Its calls.
    pub rpcs: Vec<Rpc>,
}

/// A call of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rpc {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub line: u32,
    /// What is sent, and whether as a stream.
    pub request: (String, bool),
    /// What is answered, and whether as a stream.
    pub response: (String, bool),
}

pub(super) fn read(text: &str) -> Proto {
    let failed = |problem: String| Proto { problem: Some(problem), ..Proto::default() };
    if text.len() > MAX_BYTES {
        return failed(format!("it is larger than {} KiB", MAX_BYTES / 1024));
    }
    match protox_parse::parse("a.proto", text) {
        Ok(file) => Reader { lines: lines(&file) }.file(&file),
        Err(error) => failed(error.to_string().chars().take(160).collect()),
    }
}

/// Lines by the path of what stands there, as descriptors number it.
fn lines(file: &FileDescriptorProto) -> HashMap<Vec<i32>, u32> {
    let all = file.source_code_info.iter().flat_map(|info| &info.location);
    let line = |span: &[i32]| u32::try_from(*span.first()?).ok().map(|line| line.saturating_add(1));
    all.filter_map(|one| Some((one.path.clone(), line(&one.span)?))).collect()
}

struct Reader {
    lines: HashMap<Vec<i32>, u32>,
}

impl Reader {
    fn line(&self, path: &[i32]) -> u32 {
        self.lines.get(path).copied().unwrap_or(1)
    }

    fn file(&self, file: &FileDescriptorProto) -> Proto {
        let package = file.package().to_owned();
        let mut proto = Proto { line: self.line(&[2]), ..Proto::default() };
        for (at, message) in (0..).zip(&file.message_type) {
            self.message(&package, message, &[4, at], &mut proto);
        }
        for (at, one) in (0..).zip(&file.enum_type) {
            proto.enums.push(self.enumeration(&package, one, &[5, at]));
        }
        for (at, service) in (0..).zip(&file.service) {
            proto.services.push(self.service(&package, service, &[6, at]));
        }
        Proto { package, ..proto }
    }

    fn message(&self, scope: &str, message: &DescriptorProto, path: &[i32], proto: &mut Proto) {
        let name = joined(scope, message.name());
        let below = |kind: i32, at: i32| [path, &[kind, at]].concat();
        let oneof = |field: &FieldDescriptorProto| {
            // What is written `optional` is a `oneof` of its own in the descriptor.
            let at = field.oneof_index.filter(|_| !field.proto3_optional())?;
            Some(message.oneof_decl.get(usize::try_from(at).ok()?)?.name().to_owned())
        };
        let fields = (0..).zip(&message.field).map(|(at, field)| Field {
            name: field.name().to_owned(),
            number: field.number(),
            of: type_of(field, message),
            repeated: field.label() == Label::Repeated,
            required: field.label.is_some() && field.label() == Label::Required,
            oneof: oneof(field),
            line: self.line(&below(2, at)),
        });
        let fields = fields.collect();
        // The end of a message's range is not part of it.
        let reserved =
            message.reserved_range.iter().map(|range| (range.start(), range.end().saturating_sub(1)));
        let reserved = reserved.collect();
        proto.messages.push(Message { name: name.clone(), line: self.line(path), fields, reserved });
        for (at, inner) in (0..).zip(&message.nested_type) {
            if !inner.options.as_ref().is_some_and(MessageOptions::map_entry) {
                self.message(&name, inner, &below(3, at), proto);
            }
        }
        for (at, one) in (0..).zip(&message.enum_type) {
            proto.enums.push(self.enumeration(&name, one, &below(4, at)));
        }
    }

    fn enumeration(&self, scope: &str, one: &EnumDescriptorProto, path: &[i32]) -> Enum {
        let values = (0..).zip(&one.value).map(|(at, value)| {
            (value.name().to_owned(), value.number(), self.line(&[path, &[2, at]].concat()))
        });
        Enum {
            name: joined(scope, one.name()),
            line: self.line(path),
            values: values.collect(),
            reserved: one.reserved_range.iter().map(|range| (range.start(), range.end())).collect(),
        }
    }

    fn service(&self, scope: &str, service: &ServiceDescriptorProto, path: &[i32]) -> Service {
        let rpcs = (0..).zip(&service.method).map(|(at, method)| Rpc {
            name: method.name().to_owned(),
            line: self.line(&[path, &[2, at]].concat()),
            request: (method.input_type().to_owned(), method.client_streaming()),
            response: (method.output_type().to_owned(), method.server_streaming()),
        });
        Service { name: joined(scope, service.name()), line: self.line(path), rpcs: rpcs.collect() }
    }
}

fn joined(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// `int32`, the name of another type, or `map<key, value>`.
fn type_of(field: &FieldDescriptorProto, message: &DescriptorProto) -> String {
    let named = field.type_name();
    let last = named.rsplit('.').next().unwrap_or_default();
    let entry = message
        .nested_type
        .iter()
        .find(|inner| inner.name() == last && inner.options.as_ref().is_some_and(MessageOptions::map_entry));
    if let Some(entry) = entry {
        let parts: Vec<String> = entry.field.iter().map(|part| type_of(part, entry)).collect();
        return format!("map<{}>", parts.join(", "));
    }
    if named.is_empty() { scalar(field) } else { named.to_owned() }
}

fn scalar(field: &FieldDescriptorProto) -> String {
    field.r#type().as_str_name().trim_start_matches("TYPE_").to_ascii_lowercase()
}
