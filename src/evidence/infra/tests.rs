use super::*;

fn kinds(path: &str, text: &str) -> String {
    let infra = read_infra(path, text).unwrap_or_default();
    let shown = |one: &Resource| format!("{} {}:{}", one.kind, one.name, one.line);
    infra.resources.iter().map(shown).collect::<Vec<_>>().join(", ")
}

#[test]
fn each_tool_gives_its_resources() {
    let cases = [
        (
            "main.tf",
            "resource \"aws_db_instance\" \"a\" {}\ndata \"aws_ami\" \"b\" {}\nmodule \"c\" {\n  source = \"./x\"\n}",
            "aws_db_instance a:1, data:aws_ami b:2, module:./x c:3",
        ),
        (
            "main.tf.json",
            r#"{"resource": {"aws_s3_bucket": {"a": {"acl": "private"}}}}"#,
            "aws_s3_bucket a:1",
        ),
        (
            "k8s/a.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n---\napiVersion: apps/v1\nkind: Deployment\n",
            "Service a:1, Deployment :5",
        ),
        (
            "chart/templates/a.yaml",
            "{{- if .Values.a }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"a.b\" . }}-x\n  labels:\n    {{- include \"l\" . | nindent 4 }}\n{{- end }}\n",
            "Deployment {{ include \"a.b\" . }}-x:2",
        ),
        (
            "t.yaml",
            "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties: { StorageEncrypted: true }\n",
            "AWS::RDS::DBInstance Db:3",
        ),
        (
            "docker-compose.yml",
            "services:\n  db:\n    image: postgres\nvolumes:\n  data:\n",
            "compose:service db:2, compose:volume data:5",
        ),
        ("values.yaml", "services:\n  - a\n", ""),
        ("i18n.yml", "kind: a\napiVersion: 1\n", ""),
    ];
    for (path, text, expected) in cases {
        assert_eq!(kinds(path, text), expected, "{path}");
    }
}
