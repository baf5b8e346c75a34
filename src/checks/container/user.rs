//! Who an image runs as.

use super::Side;
use super::workloads;
use crate::evidence::{
    Base, BaseUser, Dockerfile, Image, ImageName, Keep, Mask, PatternNeed, Placed, Selection, View,
};
use crate::regexes::Late;
use crate::words::Because;

/// Programs that go on as another user.
const DROPPERS: [&str; 7] = ["gosu", "su-exec", "setpriv", "s6-setuidgid", "runuser", "chpst", "su"];

/// How far base images of this repository are followed.
const MAX_BASES: usize = 4;

/// Scripts that go on as another user.
pub(super) fn drops() -> PatternNeed {
    PatternNeed {
        files: Selection::of([
            "**/*.{sh,bash}",
            "**/*{entrypoint,start,run,init,boot,launch,command,cmd}*",
            "**/{docker,.docker,bin,scripts,script,rootfs,deploy,container,build}/**",
        ]),
        // Where a command can stand: what only installs such a program does not count.
        regex: concat!(
            r#"(?:^|[;&|("'=]|\bexec\b|\bthen\b|\belse\b|\bset[ \t]+--)[ \t]*(?:/\S+/)?"#,
            r#"(?:(?:gosu|su-exec|setpriv|s6-setuidgid|runuser|chpst)[ \t]+\S|su[ \t]+(?:-\S*[ \t]+)*[a-z$"{]"#,
            r"|sudo[ \t]+(?:-\S+[ \t]+)*(?:-u|--user)\b|chroot[ \t]+--userspec)",
        )
        .into(),
        mask: Mask::Comments,
        keep: Keep::All,
    }
}

/// Who the image runs as.
pub(super) fn judge(image: &Image<'_>, view: &View<'_>) -> Side {
    let path = &*image.path;
    let user = image.file.chain(image.stage).find_map(|stage| stage.user.as_ref());
    if let Some(user) = user.filter(|user| !is_root(&user.value)) {
        let because = Because::line(path, user.line, &format!("USER {}", user.value));
        return Side::Good(if user.value.starts_with('$') {
            because.noted("whom the build names")
        } else {
            because
        });
    }
    if user.is_none()
        && let Some(good) = by_base(image, view, MAX_BASES)
    {
        return Side::Good(good);
    }
    if let Some(good) = by_entrypoint(image, view).or_else(|| workloads::user(image, view)) {
        return Side::Good(good);
    }
    match user {
        Some(user) => Side::Bad(
            Because::line(path, user.line, &format!("USER {}", user.value))
                .noted("the last USER is root: everything in the container runs as root"),
        ),
        None => without_user(image),
    }
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user).trim().trim_matches('"');
    name.eq_ignore_ascii_case("root")
        || name.eq_ignore_ascii_case("ContainerAdministrator")
        || (!name.is_empty() && name.bytes().all(|byte| byte == b'0'))
}

/// The base image sets a user, or does so when it starts.
fn by_base(image: &Image<'_>, view: &View<'_>, left: usize) -> Option<Because> {
    let text = image.file.image(image.stage)?;
    let bottom = image.file.chain(image.stage).last()?;
    let name = ImageName::of(text);
    let because =
        |note: String| Because::line(&*image.path, bottom.line, &format!("FROM {text}")).noted(note);
    match name.user() {
        Some(BaseUser::Other) => {
            Some(because(format!("`{}` runs as another user than root", name.repository)))
        }
        Some(BaseUser::Sandboxed) => Some(because("the platform runs it as a user of its own".into())),
        // An entrypoint of its own replaces the one that would drop root.
        Some(BaseUser::Drops) if image.file.chain(image.stage).all(|stage| stage.entrypoint.is_none()) => {
            Some(because(format!("the entrypoint of `{}` goes on as another user", name.repository)))
        }
        None if left > 0 => {
            let (path, file) = built_here(&name, view, &image.path)?;
            let stage = file.stages.len().checked_sub(1)?;
            let user = file.chain(stage).find_map(|stage| stage.user.as_ref());
            let Some(user) = user else {
                return by_base(&Image { path: path.into(), file, stage }, view, left - 1);
            };
            let place = Because::line(path, user.line, &format!("USER {}", user.value));
            (!is_root(&user.value)).then(|| place.noted("of its base image"))
        }
        _ => None,
    }
}

/// The Dockerfile of this repository that builds a base image, by its name.
fn built_here<'a>(name: &ImageName<'_>, view: &'a View<'_>, own: &str) -> Option<(&'a str, &'a Dockerfile)> {
    let short = name.short().to_ascii_lowercase();
    let called = |word: &String| short == *word || short.ends_with(&format!("-{word}"));
    view.tree.infra().find_map(|(file, infra)| {
        let dockerfile = infra.dockerfile.as_ref().filter(|_| *file.path != *own)?;
        let image = Image { path: file.path.clone(), file: dockerfile, stage: 0 };
        image.names().iter().any(called).then_some((&*file.path, dockerfile))
    })
}

/// The command that starts it, or a script of this repository that it starts with, goes on as another user.
fn by_entrypoint(image: &Image<'_>, view: &View<'_>) -> Option<Because> {
    let starts: Vec<_> = image
        .file
        .chain(image.stage)
        .flat_map(|stage| [stage.entrypoint.as_ref(), stage.command.as_ref()])
        .flatten()
        .collect();
    for start in &starts {
        let text = start.value.words.join(" ");
        let direct = start.value.words.iter().any(|word| DROPPERS.contains(&file_name(word)));
        if direct && !text.contains("gosu root") {
            return Some(Because::line(&*image.path, start.line, &text).noted("it goes on as another user"));
        }
    }
    let names: Vec<String> = starts
        .iter()
        .flat_map(|start| start.value.words.iter().take(4))
        .flat_map(|word| sources(image, word).chain([file_name(word).to_owned()]))
        .collect();
    let pattern = view.patterns.get(&drops())?;
    let (file, hits) =
        view.tree.hits(pattern).find(|(file, _)| names.iter().any(|name| name == file_name(&file.path)))?;
    let hit = hits.first()?;
    Some(Because::line(&*file.path, hit.line, &hit.text).noted("the entrypoint goes on as another user"))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Names of the files that were copied to this path.
fn sources<'a>(image: &'a Image<'_>, target: &'a str) -> impl Iterator<Item = String> + 'a {
    let copies = image.file.chain(image.stage).flat_map(|stage| &stage.copies);
    let same = copies.filter(move |copy| file_name(&copy.value.target) == file_name(target));
    same.flat_map(|copy| copy.value.sources.iter().map(|source| file_name(source).to_owned()))
}

/// No USER, and nothing that makes up for it.
fn without_user(image: &Image<'_>) -> Side {
    let path = &*image.path;
    let bottom = image.file.chain(image.stage).last();
    let base = image.file.image(image.stage).unwrap_or("scratch");
    let place = Because::line(path, image.line(), &format!("FROM {base}"));
    if let Some(created) = commands(image).find(|run| creates_user(&run.value)) {
        return Side::Bad(
            place.noted(format!("line {} creates a user, but no USER switches to it", created.line)),
        );
    }
    let known = base == "scratch" || ImageName::of(base).user().is_some();
    let as_root = commands(image).any(|run| needs_root(&run.value));
    if known || as_root || bottom.is_some_and(|stage| stage.base == Base::Scratch) {
        return Side::Bad(place.noted("no USER: everything in the container runs as root"));
    }
    Side::Unknown(format!("{path}:{}: no USER, and it is not known who `{base}` runs as", image.line()))
}

fn commands<'a>(image: &'a Image<'_>) -> impl Iterator<Item = &'a Placed<String>> {
    image.file.chain(image.stage).flat_map(|stage| &stage.runs)
}

fn creates_user(shell: &str) -> bool {
    static CREATES: Late = Late::of(r"(?:^|[\s;&|(])(?:/usr/sbin/)?(?:useradd|adduser)\s");
    CREATES.is_match(shell)
}

/// What only root can do: where it works, the base image runs as root.
fn needs_root(shell: &str) -> bool {
    static ROOT: Late = Late::of(
        r"(?:^|[\s;&|(])(?:(?:apt-get|apt|apk|yum|dnf|microdnf|zypper|tdnf|pacman)\s|chown\s|groupadd\s|a2enmod\s|docker-php-ext-install\s)",
    );
    !shell.contains("sudo ") && ROOT.is_match(shell)
}
