//! An organisation's own texts: read, and held against those that are shipped.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;

use super::message::{messages, placeholders};
use super::shipped;
use crate::domain::language::Language;

/// Why an organisation's own texts cannot be used. Each text says which file and message, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// There is no such directory, or none of the files in it.
    #[error("{0}: neither fr.ftl nor en.ftl is in this directory; put your own texts there, or take the setting out")]
    Nothing(PathBuf),
    /// A file cannot be read.
    #[error("{file}: cannot be read ({error}); see that the daemon's user may read it, and that it is UTF-8")]
    Unreadable {
        /** Which. */
        file: PathBuf,
        /** Why. */
        error: io::Error,
    },
    /// A line is no part of a message.
    #[error(
        "{file}, line {line}: {fault}; write a message as \"name = text\", and further lines of its text with blanks in front, \
         see https://projectfluent.org/fluent/guide/"
    )]
    Syntax {
        /** Which file. */
        file: PathBuf,
        /** Its line, from 1. */
        line: usize,
        /** What is wrong. */
        fault: String,
    },
    /// There is no message of this name to put it in the place of.
    #[error("{file}: there is no text {key}; {remedy}")]
    UnknownMessage {
        /** Which file. */
        file: PathBuf,
        /** The name. */
        key: String,
        /** The nearest one, or what to do. */
        remedy: String,
    },
    /// A message uses a placeholder that it is not given.
    #[error("{file}: {key} has no placeholder {{ ${placeholder} }}; {remedy}")]
    UnknownPlaceholder {
        /** Which file. */
        file: PathBuf,
        /** The message. */
        key: String,
        /** The placeholder. */
        placeholder: String,
        /** Those that there are. */
        remedy: String,
    },
    /// A message is more than text and placeholders.
    #[error("{file}: {key} is made of more than text and placeholders; take attributes, functions, terms and other messages out")]
    NotPlain {
        /** Which file. */
        file: PathBuf,
        /** The message. */
        key: String,
    },
}

/// The files of `directory`, which have no fault.
pub fn read(directory: &Path) -> Result<Vec<(Language, FluentResource)>, TextError> {
    let mut found = Vec::new();
    for language in Language::ALL {
        let file = directory.join(format!("{}.ftl", language.tag()));
        match std::fs::read_to_string(&file) {
            Ok(source) => found.push((language, checked(&file, source, language)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(TextError::Unreadable { file, error }),
        }
    }
    if found.is_empty() { Err(TextError::Nothing(directory.to_owned())) } else { Ok(found) }
}

fn checked(file: &Path, source: String, language: Language) -> Result<FluentResource, TextError> {
    let resource = FluentResource::try_new(source).map_err(|(sound, errors)| syntax_error(file, sound.source(), &errors))?;
    let files: Vec<_> = shipped(language).collect();
    let known: BTreeMap<_, _> = files
        .iter()
        .flat_map(|(_, shipped)| messages(shipped.entries()))
        .map(|message| (message.id.name, placeholders(message).unwrap_or_default()))
        .collect();
    for message in messages(resource.entries()) {
        let key = message.id.name;
        let offered = known.get(key).ok_or_else(|| unknown_message(file, key, known.keys().copied()))?;
        let used = placeholders(message).ok_or_else(|| TextError::NotPlain { file: file.to_owned(), key: key.to_owned() })?;
        if let Some(placeholder) = used.difference(offered).next() {
            return Err(unknown_placeholder(file, key, placeholder, offered));
        }
    }
    Ok(resource)
}

fn syntax_error(file: &Path, source: &str, errors: &[fluent_syntax::parser::ParserError]) -> TextError {
    let (at, fault) = errors.first().map_or((0, "not understood".to_owned()), |error| (error.pos.start, error.kind.to_string()));
    let line = 1 + source.bytes().take(at).filter(|byte| *byte == b'\n').count();
    TextError::Syntax { file: file.to_owned(), line, fault }
}

fn unknown_message<'a>(file: &Path, key: &str, known: impl Iterator<Item = &'a str>) -> TextError {
    let near = known.map(|name| (strsim::jaro_winkler(name, key), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    let remedy = match near {
        Some((likeness, name)) if likeness >= NEAR => format!("did you mean {name}?"),
        _ => "take it out".to_owned(),
    };
    TextError::UnknownMessage { file: file.to_owned(), key: key.to_owned(), remedy }
}

fn unknown_placeholder(file: &Path, key: &str, placeholder: &str, offered: &BTreeSet<&str>) -> TextError {
    let names: Vec<String> = offered.iter().map(|name| format!("{{ ${name} }}")).collect();
    let remedy = if names.is_empty() { "it has none".to_owned() } else { format!("it has {}", names.join(", ")) };
    TextError::UnknownPlaceholder { file: file.to_owned(), key: key.to_owned(), placeholder: placeholder.to_owned(), remedy }
}

/// How alike two names must be to be taken for a misspelling.
const NEAR: f64 = 0.85;
