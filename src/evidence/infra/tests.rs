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
            "Service a:2, Deployment :6",
        ),
        (
            "chart/templates/a.yaml",
            "{{- if .Values.a }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"a.b\" . }}-x\n  labels:\n    {{- include \"l\" . | nindent 4 }}\n{{- end }}\n",
            "Deployment {{ include \"a.b\" . }}-x:3",
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

#[test]
fn platforms_are_told_by_name_and_content() {
    let cases = [
        ("fly.toml", "app = 'a'\n[http_service]\nforce_https = true", "fly:app a:1"),
        (
            "render.yaml",
            "services:\n  - type: web\n    name: api\ndatabases:\n  - name: db\n",
            "render:service api:2, render:database db:5",
        ),
        (
            "app.json",
            r#"{"addons": ["heroku-postgresql:mini"], "env": {}}"#,
            "heroku:app :1, heroku:addon heroku-postgresql:1",
        ),
        ("app.json", r#"{"expo": {"name": "a"}, "env": {}}"#, ""),
        ("src/app.yaml", "runtime: python312\n", "appengine:service :1"),
        (
            "Procfile",
            "web: gunicorn a\nrelease: ./migrate",
            "procfile:process web:1, procfile:process release:2",
        ),
        (
            "ecs/task-def.json",
            r#"{"family": "f", "containerDefinitions": [{"name": "a"}]}"#,
            "ecs:task-definition f:1",
        ),
        (
            "a.nomad",
            "job \"j\" {\n  group \"g\" {\n    task \"t\" {}\n  }\n}",
            "nomad:job j:1, nomad:task t:3",
        ),
        ("docker-bake.hcl", "target \"app\" { target = \"prod\" }", "bake:target app:1"),
        (
            "config/deploy.yml",
            "service: a\nimage: b\nservers: [c]\naccessories:\n  db: { image: postgres }\n",
            "kamal:app :1, kamal:accessory db:5",
        ),
        (
            "serverless.yml",
            "service: s\nprovider: { name: aws }\nfunctions:\n  f: { handler: h }\nresources:\n  Resources:\n    T: { Type: 'AWS::DynamoDB::Table' }\n",
            "serverless:service s:1, serverless:function f:4, AWS::DynamoDB::Table T:7",
        ),
        (
            "playbook.yml",
            "- hosts: all\n  tasks:\n    - name: db\n      community.postgresql.postgresql_db: { name: a }\n",
            "ansible:play :1, ansible:postgresql_db db:3",
        ),
        ("db.service", "[Unit]\nDescription=x\n[Service]\nUser=app\n", "systemd:service :1"),
        (
            "main.bicep",
            "resource db 'Microsoft.DBforPostgreSQL/flexibleServers@2023' = {\n}",
            "Microsoft.DBforPostgreSQL/flexibleServers db:1",
        ),
        (
            "Chart.yaml",
            "apiVersion: v2\nname: a\ndependencies:\n  - { name: postgresql, repository: x }\n",
            "helm:chart a:1, helm:dependency postgresql:4",
        ),
        (
            "Pulumi.yaml",
            "name: a\nruntime: yaml\nresources:\n  db: { type: 'aws:rds:Instance', properties: { a: 1 } }\n",
            "pulumi:project a:1, aws:rds:Instance db:4",
        ),
        (".github/workflows/a.yml", "on: push\njobs:\n  a:\n    services: { db: { image: x } }\n", ""),
    ];
    for (path, text, expected) in cases {
        assert_eq!(kinds(path, text), expected, "{path}");
    }
}

#[test]
fn dockerfiles_are_read_by_stage() {
    let text = "\
# syntax=docker/dockerfile:1
ARG V=22
FROM --platform=$BUILDPLATFORM node:${V}-alpine AS Build
ENV HOME=/home
RUN <<EOT
make
EOT
FROM build AS app
ARG UID=1001 GROUP
USER ${UID}:$GROUP
FROM alpine
COPY --from=app --chown=1:1 /out /app
HEALTHCHECK CMD curl localhost
ENTRYPOINT [\"/app/run\", \"-x\"]
CMD serve now
USER root
USER app
";
    let file = read_dockerfile(text);
    assert_eq!(file.error, None);
    let stages: Vec<_> =
        file.stages.iter().map(|stage| (stage.name.as_deref(), stage.line, stage.base.clone())).collect();
    assert_eq!(
        stages,
        [
            (Some("build"), 3, Base::Image("node:22-alpine".into())),
            (Some("app"), 8, Base::Stage(0)),
            (None, 11, Base::Image("alpine".into()))
        ]
    );
    assert_eq!(file.image(1), Some("node:22-alpine"));
    assert_eq!(file.stages[1].user, Some(Placed { value: "1001:$GROUP".into(), line: 10 }));
    let last = &file.stages[2];
    assert_eq!(last.user, Some(Placed { value: "app".into(), line: 17 }));
    assert_eq!(last.health, Some(Placed { value: true, line: 13 }));
    let entry = last.entrypoint.as_ref().map(|start| start.value.words.join(" "));
    assert_eq!(entry.as_deref(), Some("/app/run -x"));
    assert_eq!(last.copies[0].value.from.as_deref(), Some("app"));
    assert!(file.stages[0].runs[0].value.contains("make"));
    assert!(read_dockerfile("FORM x").error.is_some());
}
