//! What an image is built from, and what gets into it.

use super::Side;
use crate::evidence::{Base, Image, ImageName, View};
use crate::regexes::Late;
use crate::words::Because;

/// Base images that name no version.
pub(super) fn pinned(image: &Image<'_>) -> Vec<Side> {
    let path = &*image.path;
    let mut sides = Vec::new();
    for stage in image.used().into_iter().filter_map(|at| image.file.stages.get(at)) {
        let base = match &stage.base {
            Base::Image(name) => Some((name.as_str(), stage.line, "FROM")),
            Base::Scratch | Base::Stage(_) => None,
        };
        let copied = stage.copies.iter().filter_map(|copy| {
            let from = copy.value.from.as_deref().filter(|from| image.file.stage(from).is_none())?;
            // A plain word can as well be a build context that somebody names.
            from.contains(['/', ':']).then_some((from, copy.line, "COPY --from="))
        });
        for (name, line, word) in base.into_iter().chain(copied) {
            let parsed = ImageName::of(name);
            // What the build names is pinned there, or nowhere that can be seen.
            let given = parsed.repository.contains('$') || parsed.tag.is_some_and(|tag| tag.contains('$'));
            let gap = if word == "FROM" { " " } else { "" };
            let place = Because::line(path, line, &format!("{word}{gap}{name}"));
            match parsed.floats().filter(|_| !given) {
                Some(why) => sides.push(Side::Bad(place.noted(format!("`{name}`: {why}")))),
                None => sides.push(Side::Good(place)),
            }
        }
    }
    sides
}

/// Secrets in the layers or the history of the image.
pub(super) fn secrets(image: &Image<'_>) -> Vec<Side> {
    let path = &*image.path;
    let mut sides = Vec::new();
    let kept: Vec<u32> = image.file.chain(image.stage).map(|stage| stage.line).collect();
    for stage in image.used().into_iter().filter_map(|at| image.file.stages.get(at)) {
        for variable in stage.variables.iter().filter(|one| names_secret(&one.value.name)) {
            let (name, word) = (&variable.value.name, if variable.value.env { "ENV" } else { "ARG" });
            let place = Because::line(path, variable.line, &format!("{word} {name}"));
            match &variable.value.value {
                Some(value) if real(value) => sides.push(Side::Bad(
                    place.noted(format!("the value of `{name}` stays readable in the image")),
                )),
                // An argument of a stage that is thrown away leaves no trace in the image.
                None if !variable.value.env && kept.contains(&stage.line) => {
                    sides.push(Side::Bad(place.noted(format!(
                        "a build argument stays readable in the image's history; mount `{name}` as a secret"
                    ))));
                }
                _ => {}
            }
        }
        for copy in stage.copies.iter().filter(|copy| copy.value.from.is_none()) {
            if let Some(file) = copy.value.sources.iter().find(|source| secret_file(source)) {
                let place = Because::line(path, copy.line, &format!("COPY {file}"));
                sides.push(Side::Bad(
                    place.noted(format!("`{file}` holds secrets, and becomes a layer of the image")),
                ));
            }
        }
    }
    if sides.is_empty() {
        sides.push(Side::Good(Because::file(path)));
    }
    sides
}

fn names_secret(name: &str) -> bool {
    static SECRET: Late = Late::of(
        r"(?i)(?:^|_)(?:password|passwd|pass|secret|secret_key|secret_key_base|token|api_?key|private_?key|access_key|secret_access_key|credentials?|auth)$",
    );
    SECRET.is_match(name)
}

/// Whether a value could be one, and is no placeholder.
fn real(value: &str) -> bool {
    static SAMPLE: Late = Late::of(
        r"(?i)^(?:.{0,7}|.*(?:dummy|placeholder|change|example|replace|your|build|fake|test|todo|not[-_ ]?(?:used|real|needed)|unused|none|null|sample|secret|precompile|temp|random|insecure|default|ignored|xxx|\*\*\*).*)$",
    );
    !value.contains('$') && !value.contains('/') && !SAMPLE.is_match(value)
}

fn secret_file(source: &str) -> bool {
    const NAMES: [&str; 9] = [
        ".env",
        ".env.production",
        ".env.prod",
        ".env.local",
        "id_rsa",
        "id_ed25519",
        ".netrc",
        ".pgpass",
        "credentials.json",
    ];
    let name = source.rsplit('/').next().unwrap_or(source);
    let key = match name.rsplit_once('.') {
        Some((stem, "pem")) => stem.contains("key"),
        Some((_, "p12" | "pfx" | "keystore")) => true,
        _ => false,
    };
    key || NAMES.contains(&name)
}

/// Whether what is not meant for the image is kept out.
pub(super) fn ignore_file(image: &Image<'_>, view: &View<'_>) -> Side {
    let path = &*image.path;
    let whole = image
        .used()
        .into_iter()
        .filter_map(|at| image.file.stages.get(at))
        .flat_map(|stage| &stage.copies)
        .find(|copy| {
            copy.value.from.is_none()
                && copy
                    .value
                    .sources
                    .iter()
                    .any(|source| matches!(source.as_str(), "." | "./" | "/" | "*" | "./*"))
        });
    let Some(whole) = whole else {
        return Side::Good(Because::file(path).noted("only what is named is copied"));
    };
    let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
    let mut places: Vec<String> =
        vec![format!("{path}.dockerignore"), ".dockerignore".into(), ".containerignore".into()];
    places.extend(
        folders.flat_map(|folder| [format!("{folder}/.dockerignore"), format!("{folder}/.containerignore")]),
    );
    match places.iter().find(|place| view.tree.file(place).is_some()) {
        Some(place) => Side::Good(Because::file(place.as_str())),
        None => Side::Bad(
            Because::line(path, whole.line, &format!("COPY {}", whole.value.sources.join(" "))).noted(
                "everything is copied, and no `.dockerignore` keeps secrets and builds of your own out",
            ),
        ),
    }
}
