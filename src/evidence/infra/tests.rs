use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    path: String,
    text: String,
    declares: Vec<String>,
}

#[test]
fn each_tool_gives_its_resources() {
    let cases: Vec<Case> = serde_yaml::from_str(include_str!("../../../tests/cases/infra.yml")).unwrap();
    for case in cases {
        let infra = read_infra(&FileText::new(&case.path, &case.text)).unwrap_or_default();
        let shown = |one: &Resource| format!("{} {}:{}", one.kind, one.name, one.line);
        let declares: Vec<String> = infra.resources.iter().map(shown).collect();
        assert_eq!(declares, case.declares, "{}", case.path);
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
    let health = last
        .health
        .as_ref()
        .map(|health| (health.value.as_ref().map(|start| start.words.len()), health.line));
    assert_eq!(health, Some((Some(2), 13)));
    let entry = last.entrypoint.as_ref().map(|start| start.value.words.join(" "));
    assert_eq!(entry.as_deref(), Some("/app/run -x"));
    assert_eq!(last.copies[0].value.from.as_deref(), Some("app"));
    assert!(file.stages[0].runs[0].value.contains("make"));
    assert!(read_dockerfile("FORM x").error.is_some());
}
