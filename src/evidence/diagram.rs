//! What a diagram that is written as text shows: Mermaid, `PlantUML`, Graphviz, D2.
//!
//! Tells the kind and how much is in it. Must not try to understand the drawing.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a diagram shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Diagram {
    /// Parts and what they say to each other.
    Structure,
    /// Who sends what to whom, in order of time.
    Sequence,
    /// What a user does.
    Journey,
    /// Entities of the data and how they belong together.
    Entities,
    /// Classes of a program.
    Classes,
    /// States of something.
    States,
}

impl Diagram {
    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Sequence => "sequence",
            Self::Journey => "journey",
            Self::Entities => "entities",
            Self::Classes => "classes",
            Self::States => "states",
        }
    }
}

/// Kinds of Mermaid's diagrams, by how their first word starts.
const MERMAID: [(&str, Diagram); 12] = [
    ("flowchart", Diagram::Structure),
    ("graph", Diagram::Structure),
    ("c4", Diagram::Structure),
    ("architecture", Diagram::Structure),
    ("block", Diagram::Structure),
    ("sequencediagram", Diagram::Sequence),
    ("zenuml", Diagram::Sequence),
    ("journey", Diagram::Journey),
    ("erdiagram", Diagram::Entities),
    ("classdiagram", Diagram::Classes),
    ("statediagram", Diagram::States),
    ("requirementdiagram", Diagram::Structure),
];

/// What only one kind of `PlantUML` diagram has; the first that a line has decides. Blanks around each line are part of it.
const PLANTUML: [(&[&str], Diagram); 6] = [
    (
        &["c4_", " container(", " system(", " component(", " component ", " node ", " cloud ", " rectangle "],
        Diagram::Structure,
    ),
    (&["||--", "|o--", "}o--", "}|--", "--o{", "--|{", " table(", " table "], Diagram::Entities),
    (&[" class ", " interface ", " abstract ", " enum "], Diagram::Classes),
    (&[" usecase ", " (*)"], Diagram::Journey),
    (&[" state ", "[*]"], Diagram::States),
    (&[" participant ", " actor ", " activate "], Diagram::Sequence),
];

/// The kind of the diagram, and how many statements it has; none where the language is none of diagrams, or its kind not known.
pub fn diagram(language: &str, text: &str) -> Option<(Diagram, usize)> {
    match language {
        "mermaid" => mermaid(text),
        "plantuml" | "puml" | "uml" | "c4plantuml" => plantuml(text),
        "dot" | "graphviz" | "d2" | "structurizr" => {
            let edges = text.lines().filter(|line| line.contains("->") || line.contains("--")).count();
            (edges > 0).then_some((Diagram::Structure, edges))
        }
        _ => None,
    }
}

fn mermaid(text: &str) -> Option<(Diagram, usize)> {
    let mut front_matter = false;
    let mut lines = text.lines().map(str::trim).filter(|line| {
        if *line == "---" {
            front_matter = !front_matter;
            return false;
        }
        !front_matter && !line.is_empty() && !line.starts_with("%%")
    });
    let first = lines.next()?.to_ascii_lowercase();
    let (_, kind) = MERMAID.iter().find(|(start, _)| first.starts_with(start))?;
    Some((*kind, lines.count()))
}

fn plantuml(text: &str) -> Option<(Diagram, usize)> {
    let skipped = ["@start", "@end", "'", "skinparam", "title", "hide ", "show ", "left to right"];
    let said = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<String> = said
        .filter(|line| !skipped.iter().any(|start| line.starts_with(start)))
        .map(|line| format!(" {} ", line.to_ascii_lowercase()))
        .collect();
    let has = |signs: &[&str]| lines.iter().any(|line| signs.iter().any(|sign| line.contains(sign)));
    let known = PLANTUML.iter().find(|(signs, _)| has(signs)).map(|(_, kind)| *kind);
    let kind = known.or_else(|| has(&["->", "<-"]).then_some(Diagram::Sequence))?;
    Some((kind, lines.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagrams_are_told_by_what_they_hold() {
        let cases = [
            ("mermaid", "flowchart TD\n  a --> b\n", Some((Diagram::Structure, 1))),
            (
                "mermaid",
                "---\ntitle: x\n---\n%% no\n\nsequenceDiagram\nA->>B: x\nB->>A: y",
                Some((Diagram::Sequence, 2)),
            ),
            ("mermaid", "erDiagram\n A ||--o{ B : has", Some((Diagram::Entities, 1))),
            ("mermaid", "C4Context\n Person(a)", Some((Diagram::Structure, 1))),
            ("mermaid", "pie\n a: 1", None),
            ("mermaid", "", None),
            ("plantuml", "@startuml\nAlice -> Bob: hi\n@enduml", Some((Diagram::Sequence, 1))),
            (
                "plantuml",
                "@startuml\n' entity\nentity A {\n}\nA ||--o{ B\n@enduml",
                Some((Diagram::Entities, 3)),
            ),
            ("plantuml", "!include C4_Context.puml\nSystem(a)", Some((Diagram::Structure, 2))),
            ("plantuml", "class A\nclass B\nA <|-- B", Some((Diagram::Classes, 3))),
            ("dot", "digraph { a -> b }", Some((Diagram::Structure, 1))),
            ("d2", "x", None),
            ("rust", "a -> b", None),
        ];
        for (language, text, expected) in cases {
            assert_eq!(diagram(language, text), expected, "{language}: {text}");
        }
    }
}
