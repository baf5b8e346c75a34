//! What a plain YAML scalar means (the core schema of YAML 1.2), and what a tag does.

use super::node::Scalar;
use saphyr_parser::Tag;

/// The value of a plain scalar.
pub(super) fn resolve(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Bool(true),
        "false" | "False" | "FALSE" => Scalar::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        _ => number(text).unwrap_or_else(|| Scalar::Text(text.to_owned())),
    }
}

/// The function that a tag of CloudFormation calls, by its long name.
pub(super) fn call(tag: Option<&Tag>) -> Option<String> {
    const FUNCTIONS: [&str; 16] = [
        "Base64",
        "Cidr",
        "FindInMap",
        "GetAtt",
        "GetAZs",
        "If",
        "ImportValue",
        "Join",
        "Select",
        "Split",
        "Sub",
        "Transform",
        "Equals",
        "And",
        "Or",
        "Not",
    ];
    let name = tag.filter(|tag| tag.handle == "!")?.suffix.as_str();
    match name {
        "Ref" | "Condition" => Some(name.to_owned()),
        _ => FUNCTIONS.contains(&name).then(|| format!("Fn::{name}")),
    }
}

fn number(text: &str) -> Option<Scalar> {
    let radix = |digits: &str, radix| i64::from_str_radix(digits, radix).ok().map(Scalar::Integer);
    if let Some(digits) = text.strip_prefix("0o") {
        return digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| radix(digits, 8))?;
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| radix(digits, 16))?;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        // What is written with leading zeros is a code (a port mask, a zip code), not an amount.
        if unsigned.len() > 1 && unsigned.starts_with('0') {
            return None;
        }
        return text.parse().ok().map(Scalar::Integer).or_else(|| text.parse().ok().map(Scalar::Float));
    }
    let numeric = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    numeric.then(|| text.parse().ok().map(Scalar::Float))?
}
