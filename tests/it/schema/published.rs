//! The published schema (RFC 4512 §4.2) is closed: whatever it names, it defines, and whatever an entry has, it allows.

use std::collections::{HashMap, HashSet};

use crate::harness::{Daemon, Output};

/// A definition: its number, its names, and the words behind each keyword.
struct Definition {
    oid: String,
    names: Vec<String>,
    words: Vec<String>,
}

impl Definition {
    fn read(line: &str) -> Definition {
        let words: Vec<String> = line.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect();
        let oid = words[1].clone();
        let mut definition = Definition { oid, names: Vec::new(), words };
        definition.names = definition.behind("NAME");
        definition
    }

    /// The one word behind `keyword`, or those in its brackets.
    fn behind(&self, keyword: &str) -> Vec<String> {
        let Some(at) = self.words.iter().position(|word| word == keyword) else { return Vec::new() };
        match self.words[at + 1].as_str() {
            "(" => self.words[at + 2..].iter().take_while(|word| *word != ")").filter(|word| *word != "$").cloned().collect(),
            word => vec![word.to_owned()],
        }
    }

    fn is_operational(&self) -> bool {
        !self.behind("USAGE").is_empty()
    }
}

struct Schema {
    types: HashMap<String, Definition>,
    classes: HashMap<String, Definition>,
    rules: HashSet<String>,
    rule_syntaxes: Vec<String>,
    syntaxes: HashSet<String>,
}

impl Schema {
    fn of(daemon: &Daemon) -> Schema {
        let names = ["attributeTypes", "objectClasses", "matchingRules", "ldapSyntaxes"];
        let search = daemon.as_service("ldapsearch").args(["-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", "cn=subschema"]);
        let output = search.args(names).succeeds();
        let read = |name: &str| output.values(name).into_iter().map(Definition::read).collect::<Vec<_>>();
        let by_name = |definitions: Vec<Definition>| definitions.into_iter().map(|found| (found.names[0].clone(), found)).collect();
        let rules = read("matchingRules");
        Schema {
            types: by_name(read("attributeTypes")),
            classes: by_name(read("objectClasses")),
            rule_syntaxes: rules.iter().flat_map(|rule| rule.behind("SYNTAX")).collect(),
            rules: rules.into_iter().flat_map(|rule| rule.names).collect(),
            syntaxes: read("ldapSyntaxes").into_iter().map(|syntax| syntax.oid).collect(),
        }
    }

    /// The attributes that these classes allow, with what the classes extend.
    fn allowed(&self, classes: &[&str]) -> HashSet<&str> {
        let mut allowed = HashSet::new();
        let mut left: Vec<&str> = classes.to_vec();
        while let Some(name) = left.pop() {
            let class = self.classes.get(name).unwrap_or_else(|| panic!("the class {name}"));
            left.extend(self.classes.keys().map(String::as_str).filter(|above| class.behind("SUP").iter().any(|sup| sup == above)));
            for keyword in ["MUST", "MAY"] {
                let named = class.behind(keyword);
                allowed.extend(self.types.keys().map(String::as_str).filter(|known| named.iter().any(|name| name == known)));
            }
        }
        allowed
    }
}

#[test]
fn all_that_is_named_is_defined() {
    let daemon = Daemon::start();
    let schema = Schema::of(&daemon);
    assert!(schema.syntaxes.contains("1.3.6.1.4.1.1466.115.121.1.58"), "Substring Assertion");
    for syntax in &schema.rule_syntaxes {
        assert!(schema.syntaxes.contains(syntax), "the syntax {syntax} of a matching rule");
    }
    for (name, definition) in &schema.types {
        for rule in ["EQUALITY", "ORDERING", "SUBSTR"].iter().flat_map(|keyword| definition.behind(keyword)) {
            assert!(schema.rules.contains(&rule), "{name}: {rule}");
        }
        for syntax in definition.behind("SYNTAX") {
            assert!(schema.syntaxes.contains(&syntax), "{name}: {syntax}");
        }
    }
    for (name, class) in &schema.classes {
        assert!(class.behind("SUP").iter().all(|above| schema.classes.contains_key(above)), "{name}");
        for attribute in ["MUST", "MAY"].iter().flat_map(|keyword| class.behind(keyword)) {
            assert!(schema.types.contains_key(&attribute), "{name}: {attribute}");
        }
    }
}

#[test]
fn every_attribute_of_every_entry_is_published_and_allowed() {
    let daemon = Daemon::start();
    let schema = Schema::of(&daemon);
    let whole = |base: &str, scope: &str| {
        let search = daemon.as_administrator("ldapsearch").args(["-LLL", "-o", "ldif-wrap=no", "-s", scope, "-b", base, "*", "+"]);
        search.succeeds()
    };
    let mut entries = 0;
    for Output { stdout, .. } in [whole("", "base"), whole("cn=subschema", "base"), whole("dc=example,dc=org", "sub")] {
        for entry in stdout.split("\n\n").filter(|entry| !entry.trim().is_empty()) {
            entries += 1;
            let lines: Vec<(&str, &str)> = entry.lines().filter_map(|line| line.split_once(':')).collect();
            let classes: Vec<&str> = lines.iter().filter(|(name, _)| *name == "objectClass").map(|(_, class)| class.trim()).collect();
            let allowed = schema.allowed(&classes);
            for (name, _) in lines.iter().filter(|(name, _)| *name != "dn") {
                let name = name.split(';').next().unwrap();
                let definition = schema.types.get(name).unwrap_or_else(|| panic!("{name} is not published: {entry}"));
                assert!(definition.is_operational() || allowed.contains(name), "{name} is not allowed: {entry}");
            }
        }
    }
    assert!(entries > 20, "{entries}");
}
