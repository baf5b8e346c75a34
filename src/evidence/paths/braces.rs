//! Alternatives in globs, written out: `**/*.{yml,yaml}` is `**/*.yml` and `**/*.yaml`.
//!
//! Plain globs are matched by look-ups of names and extensions, alternatives would need a regex over each path.

/// More globs than this are not made of one.
const MOST: usize = 64;

/// The globs that mean the same as this one together. What is unusual stays as it is.
pub(super) fn written_out(glob: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut todo = vec![glob.to_owned()];
    while let Some(one) = todo.pop() {
        match alternatives(&one) {
            Some(more) => todo.extend(more),
            None => done.push(one),
        }
        if todo.len() + done.len() > MOST {
            return vec![glob.to_owned()];
        }
    }
    done
}

/// The globs that the first braces stand for; none where there are no braces, or where they are not plain.
fn alternatives(glob: &str) -> Option<Vec<String>> {
    if glob.contains(['[', '\\']) {
        return None;
    }
    let (before, rest) = glob.split_once('{')?;
    let (inside, after) = rest.split_once('}')?;
    let parts = || inside.split(',');
    // What `**` means depends on what stands around it.
    let folder = before.is_empty() || before.ends_with('/');
    let stars = inside.contains("**") && !(folder && parts().all(delimited))
        || before.ends_with("**")
        || after.starts_with("**")
        || inside.contains('*') && (before.ends_with('*') || after.starts_with('*'));
    // A slash at the start says something else there.
    let slash = before.is_empty() && (after.starts_with('/') || after.starts_with("./"));
    if inside.contains('{') || stars || slash && parts().any(str::is_empty) {
        return None;
    }
    Some(parts().map(|part| format!("{before}{part}{after}")).collect())
}

/// Whether each `**` of the part is a folder of its own, and ends nothing.
fn delimited(part: &str) -> bool {
    !part.contains("**")
        || part.ends_with('/') && part.split('/').all(|name| name == "**" || !name.contains("**"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_alternatives_are_written_out() {
        let cases = [
            ("**/*.rs", "**/*.rs"),
            ("*.{a,b}", "*.a *.b"),
            ("{a,b}/{c,d}", "a/c a/d b/c b/d"),
            ("{a,}b", "ab b"),
            ("{a,}/b", "{a,}/b"),
            ("{a,{b,c}}", "{a,{b,c}}"),
            ("[{a,b}]", "[{a,b}]"),
            ("a{b", "a{b"),
            ("{a,**/b}", "{a,**/b}"),
            ("{,**/}b", "**/b b"),
            ("x/{**/,y/**/}b", "x/**/b x/y/**/b"),
            ("x{**/,}b", "x{**/,}b"),
            ("**{/a,/b}", "**{/a,/b}"),
            ("*{*,a}", "*{*,a}"),
        ];
        for (glob, expected) in cases {
            let mut found = written_out(glob);
            found.sort();
            assert_eq!(found.join(" "), expected, "{glob}");
        }
        let many = "{a,b,c,d,e}".repeat(9);
        assert_eq!(written_out(&many), [many], "a product is bounded");
    }
}
