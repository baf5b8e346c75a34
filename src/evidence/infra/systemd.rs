//! Units of systemd.

use super::Resource;
use crate::document::parse_properties;

/// The unit; its settings stand without their section.
pub(super) fn resources(kind: &str, text: &str) -> Vec<Resource> {
    let unit = text.lines().any(|line| matches!(line.trim(), "[Unit]" | "[Service]" | "[Timer]"));
    let settings: String = text
        .lines()
        .map(|line| if line.trim_start().starts_with(['[', ';']) { "\n".into() } else { format!("{line}\n") })
        .collect();
    let node = parse_properties(&settings).ok().filter(|_| unit);
    node.map(|node| Resource::new(format!("systemd:{kind}"), "", 1, node)).into_iter().collect()
}
