//! Coverage in XML: Cobertura, JaCoCo and Clover. Their elements differ, so that one walk reads them all.

use super::coverage::{Collector, Coverage};
use super::stamp::stamp;
use crate::evidence::xml::{Attributes, Element, walk};

pub(super) fn read(text: &str) -> Result<(Coverage, Option<i64>), String> {
    let mut reader = Reader::default();
    walk(text, |path, element, _| reader.visit(path, element)).ok_or("it is not well-formed XML")?;
    if let Some(problem) = reader.problem {
        return Err(problem);
    }
    if !reader.known {
        return Err("it is none of the XML reports that are known".to_owned());
    }
    let coverage = Coverage { roots: reader.roots, ..reader.found.finish() };
    Ok((coverage, reader.made))
}

#[derive(Default)]
struct Reader {
    found: Collector,
    roots: Vec<String>,
    made: Option<i64>,
    /// JaCoCo's package, with `/`.
    package: String,
    /// The file that is being read.
    file: String,
    known: bool,
    problem: Option<String>,
}

impl Reader {
    fn visit(&mut self, path: &[String], element: &Element<'_>) {
        let last = path.last().map_or("", String::as_str);
        match element {
            Element::Opened(attributes) => {
                self.known |= path.len() == 1 && last == "coverage" || last == "package" || last == "group";
                self.open(last, attributes);
            }
            Element::Text(text) if last == "source" => self.roots.push((*text).to_owned()),
            _ => {}
        }
    }

    fn open(&mut self, element: &str, attributes: &Attributes) {
        let get = |name| attributes.get(name);
        match element {
            // Cobertura says `timestamp`, Clover `generated`.
            "coverage" => self.made = get("timestamp").or_else(|| get("generated")).and_then(stamp),
            "sessioninfo" => self.made = self.made.max(get("dump").and_then(stamp)),
            "package" => get("name").unwrap_or_default().clone_into(&mut self.package),
            "class" => {
                if let Some(file) = get("filename") {
                    self.open_file(file.to_owned());
                }
            }
            "sourcefile" => {
                let name = get("name").unwrap_or_default();
                let file = if self.package.is_empty() {
                    name.to_owned()
                } else {
                    format!("{}/{name}", self.package)
                };
                self.open_file(file);
            }
            "file" => {
                if let Some(file) = get("path").or_else(|| get("name")) {
                    self.open_file(file.to_owned());
                }
            }
            "line" => self.line(attributes),
            _ => {}
        }
    }

    fn open_file(&mut self, file: String) {
        if !file.is_empty() {
            self.found.file(&file);
        }
        self.file = file;
    }

    /// JaCoCo counts instructions, the others how often a line ran.
    fn line(&mut self, attributes: &Attributes) {
        let ran = |name| attributes.number::<f64>(name).is_some_and(|hits| hits > 0.0);
        let (line, covered) = if attributes.get("nr").is_some() {
            (attributes.number("nr"), ran("ci"))
        } else if attributes.get("number").is_some() {
            (attributes.number("number"), ran("hits"))
        } else {
            (attributes.number("num"), ran("count"))
        };
        let Some(line) = line else { return };
        if let Err(problem) = self.found.line(&self.file, line, covered) {
            self.problem = Some(problem);
        }
    }
}
