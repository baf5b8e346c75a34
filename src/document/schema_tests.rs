use super::super::parse_yaml;
use super::*;
use serde_json::json;

fn even(text: &str) -> Result<(), String> {
    if text.len().is_multiple_of(2) { Ok(()) } else { Err("this is odd".into()) }
}

fn faults(text: &str) -> Vec<String> {
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["version"],
        "properties": {
            "version": { "const": 1 },
            "stage": { "oneOf": [{ "const": "core", "description": "x" }, { "const": "scale" }] },
            "level": { "enum": ["low", "high"] },
            "globs": { "anyOf": [
                { "type": "string", "format": "even" },
                { "type": "array", "minItems": 1, "items": { "type": "string", "format": "even" } },
            ] },
            "count": { "type": "integer", "minimum": 1, "maximum": 9 },
            "rules": {
                "type": "object", "maxProperties": 2,
                "propertyNames": { "pattern": "^[a-z-]+$", "description": "kebab-case" },
                "additionalProperties": { "$ref": "#/$defs/Rule" },
            },
            "loop": { "$ref": "#/properties/loop" },
        },
        "$defs": { "Rule": {
            "type": "object", "additionalProperties": false, "required": ["title"],
            "properties": { "title": { "type": "string", "minLength": 1, "description": "What must hold." },
                            "when": { "type": "object", "minProperties": 1 } },
        } },
    });
    let told = |fault: Fault| {
        let hint = fault.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{}:{} {}{hint}", fault.pos.line, fault.pos.column, fault.message)
    };
    validate(&parse_yaml(text).unwrap(), &schema, &[("even", even)]).into_iter().map(told).collect()
}

#[test]
fn what_follows_the_schema_is_fine() {
    let text = "version: 1\nstage: core\nglobs: [ab, cd]\ncount: 9\nrules: { a-b: { title: x } }\nloop: 1\n";
    assert_eq!(faults(text), Vec::<String>::new());
    assert_eq!(faults("version: 1\nglobs: ab\n"), Vec::<String>::new());
}

#[test]
fn each_kind_of_fault_has_its_place_and_its_hint() {
    let cases = [
        ("versoin: 1\nversion: 1", "1:1 unknown key `versoin` (did you mean `version`?)"),
        ("version: 2", "1:10 expected `1`"),
        ("{}", "1:1 `version` is missing"),
        ("- 1", "1:1 expected a mapping, found a list"),
        ("version: 1\nstage: cor", "2:8 `cor` is not possible here (did you mean `core`?)"),
        ("version: 1\nstage: 7", "2:8 expected a text, found a number"),
        ("version: 1\nlevel: x", "2:8 `x` is not possible here (possible here: `low`, `high`)"),
        ("version: 1\nglobs: abc", "2:8 this is odd"),
        ("version: 1\nglobs: [ab, abc]", "2:13 this is odd"),
        ("version: 1\nglobs: []", "2:8 0 items, at least 1 have to be here"),
        ("version: 1\nglobs: { a: 1 }", "2:8 expected a text or a list, found a mapping"),
        ("version: 1\nglobs:", "2:1 expected a text or a list, found nothing"),
        ("version: 1\ncount: 0", "2:8 0 is less than 1"),
        ("version: 1\ncount: 10", "2:8 10 is more than 9"),
        ("version: 1\ncount: 1.5", "2:8 expected a whole number, found a number"),
        ("version: 1\nrules: { A: { title: x } }", "2:10 `A` is not possible here (kebab-case)"),
        ("version: 1\nrules:\n  a: {}", "3:3 `title` is missing (`title`: What must hold.)"),
        ("version: 1\nrules:\n  a: { title: ' ' }", "3:15 there has to be a text (What must hold.)"),
        ("version: 1\nrules:\n  a: { title: x, when: {} }", "3:18 there has to be at least one key"),
        (
            "version: 1\nrules: { a: { title: x }, b: { title: x }, c: { title: x } }",
            "2:1 3 keys, at most 2 are possible",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(faults(text), [expected], "{text}");
    }
}

#[test]
fn all_faults_are_found_at_once() {
    assert_eq!(faults("stge: core\nlevel: lo\ncount: x\nrules: { a: { titel: 1 } }").len(), 6);
}
