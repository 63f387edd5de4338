//! That both languages say all the same things, and that everything that is said is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::message::{messages, placeholders};
use super::*;

/// The keys of `language` with their placeholders, as they are shipped.
fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys = BTreeMap::new();
    for (file, resource) in shipped(language) {
        for message in messages(resource.entries()) {
            let key = message.id.name;
            let used = placeholders(message).unwrap_or_else(|| panic!("{file}.ftl: {key} is made of more than text and placeholders"));
            assert!(key.starts_with(&format!("{file}-")), "{file}.ftl, {language:?}: {key} does not begin with {file}-");
            assert!(keys.insert(key.to_owned(), used.into_iter().map(str::to_owned).collect()).is_none(), "{key} is there twice");
        }
    }
    keys
}

/// Every string in the sources and templates of pages and mails that is written as a key.
fn keys_in_the_code() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for directory in ["src/web", "src/mail"] {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory), &mut found);
    }
    found
}

fn collect(directory: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| ["rs", "html", "txt", "xml"].iter().any(|kind| extension == *kind)) {
            let source = fs::read_to_string(&path).unwrap();
            found.extend(source.split('"').filter(|text| is_key(text)).map(|key| (key.to_owned(), path.display().to_string())));
        }
    }
}

fn is_key(text: &str) -> bool {
    let named = FRENCH.iter().any(|(file, _)| text.strip_prefix(file).is_some_and(|rest| rest.len() > 1 && rest.starts_with('-')));
    named && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[test]
fn the_shipped_files_have_no_faults() {
    for (_, source) in FRENCH.into_iter().chain(ENGLISH) {
        assert!(FluentResource::try_new(source.to_owned()).is_ok(), "{:?}", FluentResource::try_new(source.to_owned()).err().unwrap().1);
    }
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_placeholders() {
    let (french, english) = (keys(Language::French), keys(Language::English));
    assert!(english.len() > 10, "{} messages", english.len());
    for (key, placeholders) in &english {
        assert_eq!(french.get(key), Some(placeholders), "{key} in French");
    }
    assert_eq!(french.keys().find(|key| !english.contains_key(*key)), None, "not in English");
}

#[test]
fn every_key_in_the_code_exists_and_every_message_is_used() {
    let (known, used) = (keys(Language::English), keys_in_the_code());
    for (key, file) in &used {
        assert!(known.contains_key(key), "{file} says {key}, which does not exist");
    }
    assert_eq!(known.keys().filter(|key| !used.contains_key(*key)).collect::<Vec<_>>(), Vec::<&String>::new(), "nobody says");
}

#[test]
fn french_typography_is_kept() {
    for (file, source) in FRENCH {
        for (number, line) in source.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            let text = line.split_once(" = ").map_or(line, |(_, text)| text).trim();
            assert_eq!(typographic_fault(text), None, "fr/{file}.ftl, line {}: {line}", number + 1);
        }
    }
}

/// What a French text gets wrong: the spaces before high punctuation and inside guillemets, and the apostrophe.
fn typographic_fault(text: &str) -> Option<&'static str> {
    // What is between braces is the program's, not the reader's.
    let mut depth = 0;
    let spoken: Vec<char> = text
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0 || *c == '{'
        })
        .collect();
    for (at, c) in spoken.iter().enumerate() {
        let (before, after) = (at.checked_sub(1).map(|at| spoken[at]), spoken.get(at + 1).copied());
        let fault = match c {
            ';' | '!' | '?' if before != Some('\u{202f}') => "a narrow no-break space (U+202F) belongs before ; ! ?",
            // A colon between digits or in an address is none of the sentence's.
            ':' if before != Some('\u{a0}') && after != Some('/') => "a no-break space (U+00A0) belongs before a colon",
            '«' if after != Some('\u{a0}') => "a no-break space (U+00A0) belongs behind «",
            '»' if before != Some('\u{a0}') => "a no-break space (U+00A0) belongs before »",
            '\'' => "the apostrophe is ’",
            '"' => "quotation marks are « »",
            _ => continue,
        };
        return Some(fault);
    }
    None
}

#[test]
fn the_typographer_sees_what_is_wrong() {
    for (text, good) in [
        ("Qui êtes-vous\u{202f}?", true),
        ("Qui êtes-vous ?", false),
        ("Qui êtes-vous?", false),
        ("Attention\u{a0}: «\u{a0}oui\u{a0}»", true),
        ("Attention : oui", false),
        ("« oui »", false),
        ("l’adresse", true),
        ("l'adresse", false),
        ("Voir https://exemple.fr", true),
        ("{ $count -> [one] jour *[other] jours }", true),
        ("{ \"\" }", true),
    ] {
        assert_eq!(typographic_fault(text).is_none(), good, "{text}");
    }
}

#[test]
fn a_message_is_said_with_its_values() {
    let texts = Texts::shipped();
    let said = |language| texts.say(language, "mails-hello-named", &[("name", MessageValue::Text("Louise"))]);
    assert_eq!((said(Language::French).as_str(), said(Language::English).as_str()), ("Bonjour Louise,", "Hello Louise,"));
    assert_eq!(texts.say(Language::French, "mails-nothing", &[]), "mails-nothing");
}

/// A name from before it was refused turns none of the words around it.
#[test]
fn a_value_does_not_turn_what_is_around_it() {
    let said = Texts::shipped().say(Language::English, "mails-hello-named", &[("name", MessageValue::Text("A\u{202e}d\u{2069}a \u{5d3}"))]);
    assert_eq!(said, "Hello Ada \u{5d3},");
}

#[test]
fn an_organisation_puts_its_own_texts_in_their_place() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("en.ftl"), "mails-hello-named = Dear { $name },\n").unwrap();
    let texts = Texts::with_overrides(directory.path()).unwrap();
    let values = [("name", MessageValue::Text("Louise"))];
    assert_eq!(texts.say(Language::English, "mails-hello-named", &values), "Dear Louise,");
    assert_eq!(texts.say(Language::French, "mails-hello-named", &values), "Bonjour Louise,");
}

#[test]
fn faults_in_own_texts_are_named_with_their_remedy() {
    for (source, expected) in [
        ("mails-hellos = Hello\n", "en.ftl: there is no text mails-hellos; did you mean mails-hello?"),
        ("colour = red\n", "en.ftl: there is no text colour; take it out"),
        ("mails-hello-named = Hello { $who }\n", "en.ftl: mails-hello-named has no placeholder { $who }; it has { $name }"),
        ("mails-hello-named = Hello { NUMBER($name) }\n", "en.ftl: mails-hello-named is made of more than text and placeholders"),
        ("mails-hello-named = Hello\n    .title = x\n", "en.ftl: mails-hello-named is made of more than text and placeholders"),
        ("mails-hello-named = Hello\nmails greeting\n", "en.ftl, line 2: "),
    ] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("en.ftl"), source).unwrap();
        let error = Texts::with_overrides(directory.path()).err().unwrap().to_string();
        assert!(error.contains(expected), "{source:?} gives {error:?}, not {expected:?}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(Texts::with_overrides(empty.path()), Err(TextError::Nothing(_))));
}
