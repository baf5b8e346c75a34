//! Walks XML, of manifests and of reports: no external entities, bounded depth, a line for each element.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

/// Elements may lie this deep.
const MAX_DEPTH: usize = 64;

/// The attributes of an element, with references to characters resolved.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// The value of the attribute.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value as a number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.trim().parse().ok()
    }
}

/// What a walk meets.
pub(super) enum Element<'a> {
    /// An element opens; it is the last of the path.
    Start,
    /// Its text.
    Text(&'a str),
    /// An attribute of it.
    Attribute(&'a str, &'a str),
    /// All its attributes have been met.
    Opened(&'a Attributes),
    /// It closes.
    End,
}

/// Walks an XML document without external entities; none where it is broken. The path holds local names.
pub(super) fn walk(source: &str, mut visit: impl FnMut(&[String], &Element<'_>, u32)) -> Option<()> {
    let mut reader = Reader::from_str(source);
    reader.config_mut().expand_empty_elements = true;
    let (mut path, mut seen, mut line): (Vec<String>, usize, u32) = (Vec::new(), 0, 1);
    loop {
        let event = reader.read_event().ok()?;
        match event {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                if path.len() > MAX_DEPTH {
                    return None;
                }
                visit(&path, &Element::Start, line);
                let mut all = Attributes::default();
                for attribute in start.attributes().flatten() {
                    let key = attribute.key.local_name().as_ref().to_owned();
                    let value = attribute.value.clone().into_owned();
                    visit(&path, &Element::Attribute(&key, &value), line);
                    let value = unescape(&value).map_or_else(|_| value.clone(), std::borrow::Cow::into_owned);
                    all.0.push((key, value));
                }
                visit(&path, &Element::Opened(&all), line);
            }
            Event::Text(text) => {
                let text: &str = &text;
                if !text.trim().is_empty() {
                    visit(&path, &Element::Text(text.trim()), line);
                }
            }
            Event::End(_) => {
                visit(&path, &Element::End, line);
                path.pop();
            }
            Event::Eof => return path.is_empty().then_some(()),
            _ => {}
        }
        let position = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(source.len());
        let passed = source.get(seen..position).unwrap_or_default();
        let lines = passed.matches('\n').count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or(0));
        seen = position;
    }
}

/// The local name of the root element.
pub(super) fn root(source: &str) -> Option<String> {
    let mut reader = Reader::from_str(source);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) | Event::Empty(start) => return Some(start.local_name().as_ref().to_owned()),
            Event::Eof => return None,
            _ => {}
        }
    }
}
