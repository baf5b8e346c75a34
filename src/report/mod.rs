//! The report of a run, and its texts. Pure: a report in, text out; one file per format.

mod model;

pub use model::{
    CapabilityFound, Inventory, LadderStep, PolicyInfo, PullRequestInfo, Report, SCHEMA, ServiceInfo,
    Subject, Summary, Tool, Usage,
};
