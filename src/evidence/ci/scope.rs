//! Values that stand behind names in a script: variables, inputs, keys of a matrix.

use super::expression::{expressions, path};
use github_actions_expressions::Expr;

/// Texts that one text with names is written out to.
const MAX_VARIANTS: usize = 24;
/// Names that are replaced one after the other.
const MAX_ROUNDS: usize = 12;
/// Longest text in which names are replaced, and longest value that is put in.
const MAX_TEXT: usize = 20_000;
const MAX_VALUE: usize = 300;

/// What names stand for at some step of a pipeline.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// Variables; of two with one name the later counts.
    pub(super) env: Vec<(String, String)>,
    /// Keys of the matrix, each with one of its values.
    pub(super) matrix: Vec<(String, String)>,
    /// Inputs, with what was handed in, or their default.
    pub(super) inputs: Vec<(String, String)>,
    /// Whether something else calls this, and so gives the inputs.
    pub(super) called: bool,
}

impl Scope {
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.env
            .iter()
            .rev()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn input(&self, name: &str) -> Option<&str> {
        let known = self.inputs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map(|(_, value)| value.as_str())
    }

    /// The text with every name replaced whose value is known; several where a matrix gives several.
    pub(super) fn variants(&self, text: &str) -> Vec<String> {
        let mut texts = vec![text.to_owned()];
        if !text.contains('$') && !text.contains("<<") {
            return texts;
        }
        for _ in 0..MAX_ROUNDS {
            let mut next: Vec<String> = Vec::new();
            for text in texts.iter().flat_map(|text| self.once(text)) {
                if next.len() < MAX_VARIANTS && !next.contains(&text) {
                    next.push(text);
                }
            }
            if next == texts {
                break;
            }
            texts = next;
        }
        texts
    }

    fn once(&self, text: &str) -> Vec<String> {
        if text.len() > MAX_TEXT {
            return vec![text.to_owned()];
        }
        let text = self.variables(text);
        if let Some((mark, key)) = self.parameter(&text) {
            let values = self.lookup(&["matrix".to_owned(), key]);
            return values
                .iter()
                .filter(|value| short(value))
                .map(|value| text.replace(&mark, value))
                .collect();
        }
        if let Some(variants) = self.legs(&text) {
            return variants;
        }
        for (place, inner) in expressions(&text) {
            let values = self.values(inner);
            if !values.is_empty() {
                let mark = &text[place];
                return values.iter().map(|value| text.replace(mark, value)).collect();
            }
        }
        vec![text]
    }

    /// The text for each value of a variable that a matrix gives.
    fn legs(&self, text: &str) -> Option<Vec<String>> {
        let put = |text: &str, key: &str, value: &str| {
            let (braced, macros) = (format!("${{{}}}", &key[1..]), format!("$({})", &key[1..]));
            replace_word(&text.replace(&braced, value).replace(&macros, value), key, value)
        };
        let keys = self.matrix.iter().map(|(key, _)| key).filter(|key| key.starts_with('$') && key.len() > 1);
        let key = keys.into_iter().find(|key| put(text, key, "") != text)?;
        let same = self.matrix.iter().filter(|(other, value)| other == key && short(value));
        Some(same.map(|(_, value)| put(text, key, value)).collect())
    }

    /// `<< parameters.key >>` of CircleCI, which keeps its parameters where others keep a matrix.
    fn parameter(&self, text: &str) -> Option<(String, String)> {
        let start = text.find("<<")?;
        let inside = text[start + 2..].split(">>").next()?;
        let key =
            inside.trim().strip_prefix("parameters.").or_else(|| inside.trim().strip_prefix("matrix."))?;
        let known = self.matrix.iter().any(|(name, value)| name == key && short(value));
        known.then(|| (format!("<<{inside}>>"), key.to_owned()))
    }

    /// What an expression can come to, as far as it is known.
    fn values(&self, expression: &str) -> Vec<String> {
        let Ok(parsed) = Expr::parse(expression) else { return Vec::new() };
        let mut values = Vec::new();
        for leaf in parsed.leaf_expressions() {
            match &leaf.inner {
                Expr::Literal(literal) => values.push(literal.as_str().into_owned()),
                Expr::Context(context) => {
                    values.extend(path(context).iter().flat_map(|path| self.lookup(path)).map(str::to_owned));
                }
                _ => {}
            }
        }
        values.retain(|value| short(value));
        values.truncate(MAX_VARIANTS);
        values
    }

    fn lookup(&self, path: &[String]) -> Vec<&str> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match names[..] {
            ["matrix", ..] => {
                let key = names[1..].join(".");
                let same = self.matrix.iter().filter(|(known, _)| known.eq_ignore_ascii_case(&key));
                same.map(|(_, value)| value.as_str()).collect()
            }
            ["env", name] => self.variable(name).into_iter().collect(),
            ["inputs" | "parameters", name] | ["github", "event", "inputs", name] => {
                self.input(name).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// `$NAME` and `${NAME}` of the shell, `$env:NAME` of PowerShell, `$(NAME)` of Azure.
    fn variables(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, _) in &self.env {
            let Some(value) = self.variable(name).filter(|value| short(value)) else { continue };
            if !name.is_empty() && text.contains(name.as_str()) {
                text = text.replace(&format!("${{{name}}}"), value).replace(&format!("$({name})"), value);
                for mark in [format!("${name}"), format!("$env:{name}")] {
                    text = replace_word(&text, &mark, value);
                }
            }
        }
        text
    }
}

/// Whether a value can stand in a line.
fn short(value: &str) -> bool {
    value.len() <= MAX_VALUE && !value.contains('\n')
}

/// Replaces the mark where no longer name goes on behind it.
fn replace_word(text: &str, mark: &str, value: &str) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(mark) {
        let after = &rest[at + mark.len()..];
        let longer = after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        done.push_str(&rest[..at]);
        done.push_str(if longer { mark } else { value });
        rest = after;
    }
    done.push_str(rest);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_by_every_value() {
        let pairs = |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        let scope = Scope {
            env: pairs(&[("CMD", "npm ${{ matrix.task }}"), ("CMDS", "x")]),
            matrix: pairs(&[("task", "lint"), ("task", "test"), ("os.name", "linux")]),
            inputs: pairs(&[("what", "unit")]),
            called: true,
        };
        let cases: [(&str, &[&str]); 9] = [
            ("$CMD", &["npm lint", "npm test"]),
            ("${CMD} $CMDS", &["npm lint x", "npm test x"]),
            ("make ${{ inputs.what || 'all' }}", &["make unit", "make all"]),
            ("${{matrix.os.name}} ${{ matrix['task'] }}", &["linux lint", "linux test"]),
            ("${{ secrets.X }} $OTHER", &["${{ secrets.X }} $OTHER"]),
            ("${{ github.event.inputs.what }}", &["unit"]),
            ("cost: 5$", &["cost: 5$"]),
            ("npm run << parameters.task >>", &["npm run lint", "npm run test"]),
            ("cat <<EOF >> x", &["cat <<EOF >> x"]),
        ];
        for (text, expected) in cases {
            assert_eq!(scope.variants(text), expected, "{text}");
        }
    }
}
