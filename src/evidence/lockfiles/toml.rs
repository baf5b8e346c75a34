//! Lock files in TOML: Cargo, and those of Python's tools. All list packages with name and version.

use super::{Lock, LockFault, normal};
use serde::Deserialize;
use toml::de::DeTable;

#[derive(Deserialize)]
struct File {
    // `pylock.toml` has the plural.
    #[serde(default, alias = "packages")]
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
}

pub(super) fn packages(ecosystem: &str, source: &str, lock: &mut Lock) -> Result<(), LockFault> {
    let Ok(file) = toml::from_str::<File>(source) else {
        // Either it is no TOML, or it is and means something else.
        let error = DeTable::parse(source).err();
        return error.map_or(Ok(()), |error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = source.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            Err(LockFault::Broken(line, "this is not TOML".to_owned()))
        });
    };
    for package in file.package {
        lock.add(&normal(ecosystem, &package.name), package.version.as_deref());
    }
    Ok(())
}
