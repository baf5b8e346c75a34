//! What the repository is made of, for the report.

use crate::evaluate::view;
use crate::evidence::{Class, Evidence, Proofs, inventory};
use crate::policy::Policy;
use crate::report::{CapabilityFound, Inventory, ServiceInfo};
use std::collections::BTreeMap;

/// Languages of the product code, services of the policy, capabilities that were found.
pub(super) fn of(policy: &Policy, evidence: &Evidence, proofs: &Proofs) -> Inventory {
    let mut languages: BTreeMap<&str, usize> = BTreeMap::new();
    let product = evidence.head.files().iter().filter(|file| file.class == Class::Product);
    for language in product.filter_map(|file| file.language) {
        *languages.entry(language).or_default() += 1;
    }
    let mut languages: Vec<(&str, usize)> = languages.into_iter().collect();
    languages.sort_by_key(|(_, files)| std::cmp::Reverse(*files));
    let capabilities = inventory(&view(&policy.capabilities, evidence, proofs));
    Inventory {
        languages: languages.into_iter().map(|(language, _)| language.to_owned()).collect(),
        services: policy
            .services
            .iter()
            .map(|service| ServiceInfo { name: service.name.clone(), path: service.path.clone() })
            .collect(),
        capabilities: capabilities
            .into_iter()
            .map(|(id, grade, because)| CapabilityFound { id, grade, because })
            .collect(),
    }
}
