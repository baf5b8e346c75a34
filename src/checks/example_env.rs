//! `example_env`: the example of an environment names what the program cannot start without.

use super::{Check, Kind, build, schema};
use crate::evidence::{Needs, View, examples, needs_of_keys, unnamed};
use crate::words::{Because, Judgement};
use schemars::JsonSchema;
use serde::Deserialize;

/// The registry's entry.
pub(super) const KIND: Kind = Kind {
    name: "example_env",
    summary: "The example of the environment names every key that is read without a value to fall back on.",
    details: "\
Looks at keys that nothing starts without: `${KEY}` of compose files, placeholders of Spring's `application.yml`, `env(\"KEY\")` of Prisma, `System.fetch_env!` of Elixir's configuration, `env::var(..).expect(..)` \
of Rust's `main.rs` and `config.rs`, and variables at the top level of a file that take `os.environ[\"KEY\"]`, `ENV.fetch(\"KEY\")` or `process.env.KEY!`. A key with a default, one that is read behind a condition, one \
that the system or a platform gives, and files of production, tests and pipelines do not count.

Such a key is named when a line of `.env.example` (`.env.sample`, `.env.dist`, `.env.template` ...), of another file of the environment, of a manifest or of a script sets it, in a comment too. Keys \
that nothing names are the places at fault, below a folder that has an example. True where there is no example.",
    example: "example_env: {}",
    schema: schema::<ExampleEnv>,
    build: build::<ExampleEnv>,
};

/// It has no parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ExampleEnv {}

impl Check for ExampleEnv {
    fn needs(&self, needs: &mut Needs) {
        needs_of_keys(needs);
    }

    fn judge(&self, view: &View<'_>) -> Judgement {
        let told = |one: crate::evidence::Unnamed| {
            let note = format!("`{}` has no default, and {} does not name it", one.key, one.example);
            one.place.noted(note)
        };
        let lacking: Vec<Because> = unnamed(view).into_iter().map(told).collect();
        if !lacking.is_empty() {
            return Judgement::no(lacking);
        }
        Judgement::yes(examples(view.tree).iter().take(MOST).map(|file| Because::file(&*file.path)).collect())
    }
}

/// Examples that are told.
const MOST: usize = 5;
