//! The table of secrets carries examples and decoys: each example is found and told with its middle left out, no decoy is.

use crate::world::{Texts, World, plan};
use roadworthy::checks::Condition;
use roadworthy::evidence::{Needs, secret_kinds};
use roadworthy::words::Truth;
use serde_json::json;

#[test]
fn examples_are_found_and_decoys_are_not() {
    let condition = Condition::build(json!({ "secret": {} })).unwrap();
    let mut needs = Needs::default();
    condition.needs(&mut needs);
    let plan = plan(needs);
    let judge = |files: &Texts| {
        let judgement = World::of(files).see(&plan, |view| condition.judge(view));
        (judgement.truth, judgement.because)
    };
    let mut wrong = Vec::new();
    for kind in secret_kinds() {
        for (path, text) in &kind.example {
            let (truth, because) = judge(&[(path.clone(), text.clone())].into());
            if truth != Truth::True {
                wrong.push(format!("{}: {path}: not found", kind.title));
            }
            for place in
                because.iter().filter(|place| place.text.as_ref().is_some_and(|told| text.contains(told)))
            {
                wrong.push(format!("{}: {path}: told whole: {place:?}", kind.title));
            }
        }
        let (truth, because) = judge(&kind.decoy);
        if truth != Truth::False {
            wrong.push(format!("{}: decoy: {because:?}", kind.title));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(secret_kinds().len() > 40);
}
