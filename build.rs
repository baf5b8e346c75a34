//! Builds again when a policy or a capability is added: `include_dir` alone only sees edits.

fn main() {
    println!("cargo::rerun-if-changed=policies");
}
