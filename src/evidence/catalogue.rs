//! The capability catalogue: what a system can do, and the signals that prove it. Data only, from YAML.

use crate::words::Grade;
use schemars::JsonSchema;
use serde::Deserialize;

/// Something a system can do, and the signals that prove it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// Kebab-case id: the key in the catalogue.
    #[serde(skip)]
    pub id: String,
    /// The traces that prove it.
    #[serde(default)]
    pub signals: Vec<Signal>,
}

/// One trace of a capability.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// How strong a proof it is.
    pub grade: Grade,
}
