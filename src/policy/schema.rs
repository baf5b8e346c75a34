//! The JSON Schema of a policy, made from the types that read it, and the formats that only we check.

use super::{raw, reference};
use crate::document::{Query, TextFormat};
use crate::evidence::{valid_day, valid_glob, valid_regex};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The JSON Schema of a policy document.
pub fn json_schema() -> Value {
    let mut schema = of::<raw::Document>();
    schema["title"] = "roadworthy policy".into();
    schema
}

/// The schema of a type, with every `Option` meaning "may be left out" and not "may be null".
pub(super) fn of<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
    drop_null(&mut schema);
    schema
}

/// Formats of texts, as `document::validate` takes them.
pub(super) const FORMATS: &[TextFormat] = &[
    ("glob", valid_glob),
    ("regex", valid_regex),
    ("date", |text| valid_day(text).map(drop)),
    ("duration", duration),
    ("query", |text| Query::new(text).map(drop).map_err(|error| error.to_string())),
    ("source", reference::valid),
    ("folder", reference::valid_folder),
];

fn duration(text: &str) -> Result<(), String> {
    let digits = text.strip_suffix(['d', 'h', 'm', 's', 'w']).unwrap_or_default();
    let valid = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if valid { Ok(()) } else { Err("this is not a duration such as `90d` or `2w`".into()) }
}

fn drop_null(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(drop_null),
        Value::Object(rules) => {
            if let Some(Value::Array(types)) = rules.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    rules.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(branches)) = rules.get_mut("anyOf") {
                branches.retain(|branch| branch["type"] != "null");
                if let [Value::Object(only)] = branches.as_slice() {
                    let only = only.clone();
                    rules.remove("anyOf");
                    // What is said here is nearer than what is said there.
                    only.into_iter().for_each(|(key, value)| {
                        rules.entry(key).or_insert(value);
                    });
                }
            }
            if rules.get("default").is_some_and(Value::is_null) {
                rules.remove("default");
            }
            rules.values_mut().for_each(drop_null);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_not_a_way_to_leave_out() {
        let text = json_schema()["$defs"]["Rule"].to_string();
        assert!(!text.contains("null"), "{text}");
    }

    #[test]
    fn durations_are_a_number_and_a_unit() {
        for (text, valid) in
            [("90d", true), ("2w", true), ("d", false), ("90", false), ("-1d", false), ("9é", false)]
        {
            assert_eq!(duration(text).is_ok(), valid, "{text}");
        }
    }

    #[test]
    fn every_format_refuses_what_it_cannot_mean() {
        let cases = [
            ("glob", "src/{a", "not a glob"),
            ("regex", "(a", "unclosed group"),
            ("regex", "\\d{1000}{1000}", "too large"),
            ("date", "2026-13-01", "YYYY-MM-DD"),
            ("duration", "soon", "90d"),
            ("query", "a..b", "at character 3"),
            ("source", "", "names no policy"),
            ("folder", "/srv", "relative"),
        ];
        for (format, text, part) in cases {
            let schema = serde_json::json!({ "type": "string", "format": format });
            let node = crate::document::parse_yaml(&format!("'{text}'")).unwrap();
            let faults = crate::document::validate(&node, &schema, FORMATS);
            assert!(faults.len() == 1 && faults[0].message.contains(part), "{format} {text}: {faults:?}");
        }
        let tested: Vec<&str> = cases.map(|(format, ..)| format).to_vec();
        assert!(FORMATS.iter().all(|(name, _)| tested.contains(name)));
    }
}
