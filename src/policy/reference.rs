//! What `extends` and `--policy` can name, and where a relative path leads.

/// Something that holds a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reference {
    /// `builtin:NAME`.
    Builtin(String),
    /// `github:OWNER/REPO//PATH@REF`.
    GitHub(String),
    /// A path from the root of the repository.
    Path(String),
}

impl Reference {
    /// Reads a reference that stands in the document of this name; relative paths start at its folder.
    pub(super) fn new(text: &str, standing_in: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("this names no policy".into());
        }
        if text.chars().any(char::is_control) {
            return Err("a control character cannot be part of a policy's name".into());
        }
        if let Some(name) = text.strip_prefix("builtin:") {
            return Ok(Self::Builtin(name.into()));
        }
        if let Some(rest) = text.strip_prefix("github:") {
            return github(rest).map(|()| Self::GitHub(text.into()));
        }
        match text.split_once(':') {
            Some((scheme, _)) => Err(format!(
                "`{scheme}:` is not a source of policies: they come from `builtin:`, `github:` or a relative path"
            )),
            None => relative(text, standing_in).map(Self::Path),
        }
    }

    /// The name that problems and reports use.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Builtin(name) => format!("builtin:{name}"),
            Self::GitHub(text) | Self::Path(text) => text.clone(),
        }
    }
}

/// Whether the text is a reference by its form; the `format` of `extends`.
pub(super) fn valid(text: &str) -> Result<(), String> {
    // How many folders up is possible depends on the document: that is seen when it is followed.
    let depth = "a/".repeat(super::extends::MAX_DEPTH * 8);
    Reference::new(text, &format!("{depth}x")).map(drop)
}

/// Whether the text is a folder inside the repository; the `format` of a service's path.
pub(super) fn valid_folder(text: &str) -> Result<(), String> {
    relative(text, "").map(drop)
}

fn github(rest: &str) -> Result<(), String> {
    let problem = || Err("expected `github:OWNER/REPO//PATH@REF`".to_owned());
    let Some((place, path)) = rest.split_once("//") else { return problem() };
    let (Some((owner, repository)), Some((path, reference))) = (place.split_once('/'), path.rsplit_once('@'))
    else {
        return problem();
    };
    let word = |text: &str| {
        !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || "-_.".contains(char))
    };
    let inside = !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if word(owner) && word(repository) && inside && !reference.is_empty() { Ok(()) } else { problem() }
}

/// The path from the root that a path in a document means.
fn relative(text: &str, standing_in: &str) -> Result<String, String> {
    if text.starts_with('/') || text.starts_with('~') || text.contains('\\') {
        return Err("a path has to be relative, with `/` between folders".into());
    }
    let mut parts: Vec<&str> = standing_in.split('/').collect();
    parts.pop();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Err("this leads out of the repository".into());
                }
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() { Err("this is a folder".into()) } else { Ok(parts.join("/")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_start_at_their_document() {
        let cases = [
            ("a.yml", ".github/roadworthy.yml", Ok(".github/a.yml")),
            ("./../policies//a.yml", ".github/roadworthy.yml", Ok("policies/a.yml")),
            ("../a.yml", "roadworthy.yml", Err("out of the repository")),
            ("x/../../../a.yml", ".github/roadworthy.yml", Err("out of the repository")),
            ("/etc/passwd", "roadworthy.yml", Err("relative")),
            ("~/a.yml", "roadworthy.yml", Err("relative")),
            ("a\\b.yml", "roadworthy.yml", Err("relative")),
            ("C:/a.yml", "roadworthy.yml", Err("`C:` is not a source")),
            ("https://x/a.yml", "roadworthy.yml", Err("`https:` is not a source")),
            ("..", ".github/roadworthy.yml", Err("folder")),
            (" ", "roadworthy.yml", Err("names no policy")),
            ("a\nb", "roadworthy.yml", Err("control character")),
        ];
        for (text, document, expected) in cases {
            match (Reference::new(text, document), expected) {
                (Ok(found), Ok(path)) => assert_eq!(found, Reference::Path(path.into()), "{text}"),
                (Err(error), Err(part)) => assert!(error.contains(part), "{text}: {error}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn github_sources_are_checked_by_their_form() {
        assert!(valid("github:acme/policies//a/b.yml@v3").is_ok());
        for text in [
            "github:acme",
            "github:acme/p//a.yml",
            "github:acme/p/a.yml@v1",
            "github:a/b//../c@v1",
            "github:a/b//c@",
        ] {
            assert!(valid(text).unwrap_err().contains("OWNER/REPO"), "{text}");
        }
    }
}
