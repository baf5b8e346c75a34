use super::*;
use serde_json::json;

#[test]
fn scalars_follow_the_core_schema() {
    let text =
        "[on, yes, No, true, ~, , 1, -2, 0x1F, 0o17, 022, 1.50, .inf, 1e3, 2026-01-02, 1.2.3, '1', !!str 1]";
    let node = parse_yaml(&text.replace(" ,", " null,")).unwrap();
    let scalars: Vec<String> =
        node.as_list().unwrap().iter().map(|item| format!("{:?}", item.as_scalar().unwrap())).collect();
    let expected = [
        "Text(\"on\")",
        "Text(\"yes\")",
        "Text(\"No\")",
        "Bool(true)",
        "Null",
        "Null",
        "Integer(1)",
        "Integer(-2)",
        "Integer(31)",
        "Integer(15)",
        "Text(\"022\")",
        "Float(1.5)",
        "Float(inf)",
        "Float(1000.0)",
        "Text(\"2026-01-02\")",
        "Text(\"1.2.3\")",
        "Text(\"1\")",
        "Text(\"1\")",
    ];
    assert_eq!(scalars, expected);
}

#[test]
fn values_know_their_places() {
    let node = parse_yaml("on:\n  é: [a, 'b c']\n  list:\n    - x: 1\n").unwrap();
    let on = node.get("on").unwrap();
    let (key, list) = on.entry("é").unwrap();
    assert_eq!((key.pos, key.end), (Pos::at(2, 3), Pos::at(2, 4)));
    assert_eq!((list.pos, list.end), (Pos::at(2, 6), Pos::at(2, 16)));
    assert_eq!(list.as_list().unwrap()[1].pos, Pos::at(2, 10));
    let item = &on.get("list").unwrap().as_list().unwrap()[0];
    assert_eq!((item.pos, item.end), (Pos::at(4, 7), Pos::at(4, 11)));
}

#[test]
fn aliases_and_merge_keys_are_applied() {
    let text = "base: &b { a: 1, b: 2 }\nmore: &m { b: 9, c: 3 }\nuse:\n  <<: [*b, *m]\n  a: 0\nlist: [*b]\n'<<': 5\n";
    let value = parse_yaml(text).unwrap().to_json();
    assert_eq!(value["use"], json!({ "a": 0, "b": 2, "c": 3 }));
    assert_eq!(value["list"], json!([{ "a": 1, "b": 2 }]));
    assert_eq!(value["<<"], json!(5));
    let spread = parse_yaml("a: &a [x, y]\nb:\n  - <<: *a\n  - z\n").unwrap().to_json();
    assert_eq!(spread["b"], json!([{}, "z"]));
}

#[test]
fn brackets_may_stand_under_their_key() {
    let text = "on:\n  push:\n    branches: [\n    main,\n      dev\n    ]\n    tags: x\n";
    let node = parse_yaml(text).unwrap();
    assert_eq!(node.to_json(), json!({ "on": { "push": { "branches": ["main", "dev"], "tags": "x" } } }));
    let list = node.get("on").unwrap().get("push").unwrap().get("branches").unwrap();
    assert_eq!((list.as_list().unwrap()[0].pos, list.end), (Pos::at(4, 5), Pos::at(6, 6)));
    let many = format!("a:\n  b: [\n{}\n  ]\n", "  x,\n".repeat(150_000));
    assert!(parse_yaml(&many).unwrap_err().message.contains("invalid indentation"));
}

#[test]
fn tags_of_cloudformation_are_written_out() {
    let node =
        parse_yaml("a: !Ref B\nc: !Sub\n  - x\n  - { d: !GetAtt E.F }\ng: !secret h\ni: !If [a, 1, 2]\n")
            .unwrap();
    let expected = json!({
        "a": { "Ref": "B" }, "c": { "Fn::Sub": ["x", { "d": { "Fn::GetAtt": "E.F" } }] }, "g": "h",
        "i": { "Fn::If": ["a", 1, 2] }
    });
    assert_eq!(node.to_json(), expected);
}

#[test]
fn several_documents_are_several_values() {
    let values = parse_yaml_all("---\na: 1\n---\nb: 2\n...\n").unwrap();
    assert_eq!(values.len(), 2);
    assert_eq!(values[1].pos, Pos::at(4, 1));
    assert!(parse_yaml_all("").unwrap().is_empty());
    assert!(parse_yaml("# nothing\n").unwrap().is_null());
}

#[test]
fn broken_texts_are_told_with_their_place() {
    let bomb = format!("a0: &a0 [x, x]\n{}", {
        let line = |level: usize| {
            format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(", "))
        };
        (1..12).map(line).collect::<String>()
    });
    let many = format!("a: &a [{}]\nb: [{}]\n", vec!["x"; 1000].join(","), vec!["*a"; 40_000].join(","));
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(400_000), vec!["*a"; 10_000].join(","));
    let chain: Vec<String> =
        (1..60).map(|level| format!("a{level}: &a{level} [[*a{}]]\n", level - 1)).collect();
    let cases = [
        ("a: 1\nb: 2\na: 3\n".to_owned(), Pos::at(3, 1), "`a` is here twice"),
        ("a: [1\nb: 2\n".into(), Pos::at(2, 2), "not YAML"),
        ("a: b: c\n".into(), Pos::at(1, 5), "not YAML"),
        ("a: *nobody\n".into(), Pos::at(1, 4), "not YAML"),
        ("a: &a [*a]\n".into(), Pos::at(1, 8), "inside of what it names"),
        ("[a]: 1\n".into(), Pos::at(1, 1), "plain value"),
        ("<<: 1\n".into(), Pos::at(1, 1), "`<<` takes a mapping"),
        ("a: 1\n---\nb: 1\n".into(), Pos::at(3, 1), "second document"),
        (bomb, Pos::at(6, 0), "aliases repeat"),
        (many, Pos::at(2, 0), "aliases repeat"),
        (long, Pos::at(2, 0), "aliases repeat"),
        (format!("a0: &a0 [x]\n{}", chain.concat()), Pos::at(33, 0), "nested more than"),
        (format!("a: {}", "x".repeat(1 << 20)), Pos::START, "larger than 1024 KiB"),
    ];
    for (text, pos, part) in cases {
        let error = parse_yaml(&text).unwrap_err();
        let start: String = text.chars().take(40).collect();
        assert!(error.message.contains(part), "{start}: {error}");
        assert_eq!(error.pos.line, pos.line, "{start}: {error}");
        assert!(pos.column == 0 || error.pos == pos, "{start}: {error}");
    }
}
