//! Contracts of APIs in a language of their own, GraphQL and Protocol Buffers, and what another version of one breaks.
//!
//! Reading is per file; comparing takes all files of both sides. Kinds of differences have their level in
//! `policies/data/api-changes.yml`, as those of OpenAPI.

mod graphql;
mod graphql_compare;
mod proto;
mod proto_compare;

pub use graphql::Schema;
pub use proto::Proto;

use super::api::{Difference, level_of};

/// Globs of the files that can hold a contract.
pub(super) const CONTRACT_FILES: [&str; 2] = ["**/*.{graphql,graphqls,gql}", "**/*.proto"];

/// A file of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contract {
    /// Types of GraphQL.
    Graphql(Schema),
    /// Messages and services of Protocol Buffers.
    Protobuf(Proto),
}

impl Contract {
    /// Why it could not be read as a whole.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Graphql(schema) => schema.problem.as_deref(),
            Self::Protobuf(proto) => proto.problem.as_deref(),
        }
    }
}

/// Reads a contract; none where the file is none, such as one with queries alone.
pub(super) fn read_contract(path: &str, text: &str) -> Option<Contract> {
    let ending = path.rsplit('.').next()?.to_ascii_lowercase();
    match ending.as_str() {
        "graphql" | "graphqls" | "gql" => graphql::read(text).map(Contract::Graphql),
        "proto" => Some(Contract::Protobuf(proto::read(text))),
        _ => None,
    }
}

/// One side of a comparison: paths with what they hold.
pub(super) type Side<'a, T> = Vec<(&'a str, &'a T)>;

/// What the newer schema breaks, or changes.
pub fn compare_graphql(before: &Side<'_, Schema>, after: &Side<'_, Schema>) -> Vec<Difference> {
    sorted(graphql_compare::compare(before, after))
}

/// What the newer messages and services break, or change.
pub fn compare_proto(before: &Side<'_, Proto>, after: &Side<'_, Proto>) -> Vec<Difference> {
    sorted(proto_compare::compare(before, after))
}

fn sorted(mut found: Vec<Difference>) -> Vec<Difference> {
    found.sort_by(|a, b| (&a.file, a.line, &a.kind, &a.message).cmp(&(&b.file, b.line, &b.kind, &b.message)));
    found.dedup();
    found
}

/// A difference at a place of the newer side.
fn difference(kind: &str, (file, line): (&str, u32), message: String) -> Difference {
    Difference { kind: kind.to_owned(), level: level_of(kind), file: file.to_owned(), line, message }
}

#[cfg(test)]
mod tests;
