//! The table of environments carries examples and decoys: each example keeps environments apart, no decoy does.

use crate::world::{Texts, World, plan};
use roadworthy::checks::Condition;
use roadworthy::evidence::{Needs, layouts};
use roadworthy::words::Truth;
use serde_json::json;

#[test]
fn examples_keep_environments_apart_and_decoys_do_not() {
    let condition = Condition::build(json!({ "environments": {} })).unwrap();
    let mut needs = Needs::default();
    condition.needs(&mut needs);
    let plan = plan(needs);
    let mut wrong = Vec::new();
    for layout in layouts() {
        for (files, expected) in [(&layout.example, Truth::True), (&layout.decoy, Truth::False)] {
            let files: Texts = files.clone();
            let judgement = World::of(&files).see(&plan, |view| condition.judge(view));
            if judgement.truth != expected {
                wrong.push(format!("{}: {files:?}: {judgement:?}", layout.title));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(layouts().len() > 8);
}
