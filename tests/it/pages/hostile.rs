//! Names that are made to be something else where they are read: a formula in a spreadsheet, markup on a page, a line of a
//! mail's header, or writing that runs the other way.

use std::collections::BTreeSet;

use bindery::directory::{ChangeOperation, Edit, EditError, Modification, SentAttribute, Wrong};
use bindery::domain::dn::Dn;

use super::inside::{HOSTILE, PASSWORD, add, house, is_harmless, modify, signed_in, system};
use crate::harness::smtp::until;
use crate::harness::{InProcess, Mails, Pages};

#[test]
fn nothing_in_the_audit_s_file_is_a_formula() {
    let daemon = house("sales", "marc");
    let logins = ["=1+1", "+1+1", "@SUM(A1)", "=cmd|'x'!A0", "=HYPERLINK(\"x\")", "\u{ff1d}1+1", "\u{ff0d}1", "=a,b"];
    for login in logins {
        let mail = format!("={}@example.org", login.len());
        let dn = daemon.directory().tree().account_dn(login);
        add(&daemon, &dn, &[("cn", login), ("sn", login), ("mail", &mail), ("userPassword", PASSWORD)]);
        signed_in(&daemon, login);
    }
    daemon.client("ldapwhoami", &daemon.directory().tree().account_dn("=2*2,=3"), "x").exits(49);
    let mut ada = signed_in(&daemon, "ada");
    // What no change brings is written down a moment later.
    until(|| ada.get("/audit?what=all").text().contains("=2*2"), || "the last of them is not in the audit".to_owned());
    let file = ada.get("/audit.csv?what=all");
    let rows = fields(&whole(&file.body));
    for login in logins {
        let shielded = format!("'{login}");
        for (column, event) in [(1, "signed_in"), (3, "added")] {
            assert!(rows.iter().any(|row| row[column] == shielded && row[6] == event), "{login}: {rows:#?}");
        }
    }
    for row in &rows {
        assert_eq!(row.len(), 8, "{row:?}");
        for field in row {
            assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']), "{row:?}");
        }
    }
}

/// A body that comes in chunks (RFC 9112 §7.1).
fn whole(mut chunks: &str) -> String {
    let mut body = String::new();
    loop {
        let (length, rest) = chunks.split_once("\r\n").unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return body;
        }
        body += &rest[..length];
        chunks = &rest[length + 2..];
    }
}

/// The fields of comma-separated values, as RFC 4180 has them.
fn fields(file: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let (mut quoted, mut characters) = (false, file.trim_end().chars().peekable());
    while let Some(character) = characters.next() {
        let row = rows.last_mut().unwrap();
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => row.last_mut().unwrap().extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted && characters.peek() == Some(&'\n') => {
                characters.next();
                rows.push(vec![String::new()]);
            }
            other => row.last_mut().unwrap().push(other),
        }
    }
    rows
}

#[test]
fn an_application_s_name_and_description_are_markup_nowhere() {
    let daemon = house(HOSTILE, "marc");
    let mut ada = signed_in(&daemon, "ada");
    let name = "zz'\"><b>{{7*7}}";
    let own = ("own_password", PASSWORD);
    let fields = [("name", name), ("description", HOSTILE), ("limited_to", HOSTILE), own];
    let told = ada.submit("/applications/new", "/applications/new", &fields);
    let mut shown = vec![("told".to_owned(), told)];
    let list = ada.get("/applications");
    let path = address(&list.body, "\">zz&#39;");
    shown.push(("list".to_owned(), list));
    for below in ["", "/secret", "/delete"] {
        shown.push((below.to_owned(), ada.get(&format!("{path}{below}"))));
    }
    let secret = format!("{path}/secret");
    shown.push(("renewed".to_owned(), ada.submit(&secret, &secret, &[own])));
    let seen = ada.get(&path).hidden("seen").unwrap();
    let changed = [("seen", seen.as_str()), ("name", "zz'\"><b>new"), ("description", HOSTILE), ("limited_to", "zz'\"><b>nobody")];
    let refused = ada.submit(&path, &path, &changed);
    assert_eq!(refused.status, 422, "{}", refused.body);
    shown.push(("refused".to_owned(), refused));
    let saved = ada.submit(&path, &path, &[&changed[..3], &[("limited_to", ""), own]].concat());
    let saved = ada.follow(saved);
    assert!(saved.text().contains("Saved: name"), "{}", saved.body);
    shown.push(("saved".to_owned(), saved));
    for address in ["/audit", "/audit?what=all", "/groups", "/teams"] {
        shown.push((address.to_owned(), ada.get(address)));
    }
    for (place, page) in &shown {
        is_harmless(place, &page.body);
        assert!(page.body.contains("zz&#39;&#34;&#62;"), "{place} shows none of it: {}", page.body);
    }
    let delete = format!("{path}/delete");
    let gone = ada.submit(&delete, &delete, &[]);
    is_harmless("deleted", &ada.follow(gone).body);
}

#[test]
fn a_name_is_one_name_of_one_header_of_a_mail() {
    let daemon = InProcess::with_pages(|_| ());
    daemon.add_person("anna", PASSWORD);
    let mut mails = Mails::of(daemon.mail_directory());
    let mut headers = BTreeSet::new();
    for name in [
        "Anna Martin",
        "Anna\" <eve@evil.example>, \"Eve",
        "Anna <eve@evil.example>",
        "eve@evil.example, Anna",
        "Anna; eve@evil.example",
        "=?utf-8?q?Anna=0D=0ABcc:_eve@evil.example?=",
        "Zo\u{e9} =?utf-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
        "Anna\\\" Bcc: eve@evil.example",
    ] {
        modify(&daemon, &daemon.person_dn("anna"), "displayName", name);
        Pages::at(daemon.public_url()).submit("/forgot", "/forgot", &[("identifier", "anna")]);
        let mail = mails.expect("reset-link", "anna@example.org");
        assert_eq!(mail.recipients().len(), 1 + to_commas(mail.line("To").unwrap()), "{name}: {}", mail.header);
        assert!(mail.line("To").unwrap().ends_with("<anna@example.org>"), "{name}: {}", mail.header);
        let encoded = mail.header.to_lowercase();
        assert!(!encoded.contains("=?utf-8?q?anna=0d") && !encoded.contains("dqpcy2m6"), "{name}: {}", mail.header);
        let names: Vec<String> = mail.header.lines().filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect();
        headers.insert(names);
        daemon.advance(std::time::Duration::from_secs(3600));
    }
    assert_eq!(headers.len(), 1, "a name has made a header: {headers:?}");
}

/// Where the row of `list` leads that has this name.
fn address(list: &str, name: &str) -> String {
    let row = list.split("<tr>").find(|row| row.contains(name)).unwrap_or_else(|| panic!("{name} is not in {list}"));
    row.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Commas within quotation marks: they are part of a name.
fn to_commas(to: &str) -> usize {
    to.matches(',').count()
}

/// What turns the direction of writing, or ends a line where none is seen.
const TURNING: [&str; 6] = ["An\u{202e}na", "\u{202a}Anna", "Anna\u{2066}", "\u{2067}Anna\u{2069}", "Anna\u{2028}Bcc", "Anna\r\nBcc: eve"];

#[test]
fn no_name_turns_the_direction_of_writing_over_ldap() {
    let daemon = house("sales", "marc");
    let directory = daemon.directory();
    let tree = directory.tree();
    let (marc, team) = (tree.account_dn("marc"), tree.group_dn(bindery::domain::group::GroupKind::Team, "sales"));
    for name in TURNING {
        for (dn, attribute) in
            [(&marc, "sn"), (&marc, "cn"), (&marc, "displayName"), (&marc, "givenName"), (&marc, "title"), (&team, "description")]
        {
            let lines = name.contains('\n') && attribute == "description";
            let change = Modification::new(ChangeOperation::Replace, attribute, [name]);
            let changed = daemon.wait_for(directory.edit(&system(), Edit::modifying(Dn::parse(dn).unwrap(), vec![change])));
            match changed {
                Err(EditError::Faults(faults)) => assert!(faults[0].to_string().contains("direction of writing"), "{faults:?}"),
                other => assert!(lines && other.is_ok(), "{attribute} {name:?}: {other:?}"),
            }
        }
        for dn in [tree.account_dn(name), tree.service_dn(name), tree.group_dn(bindery::domain::group::GroupKind::Group, name)] {
            let given = vec![SentAttribute::new("objectClass", ["top"])];
            let added = daemon.wait_for(directory.edit(&system(), Edit::adding(Dn::parse(&dn).unwrap(), given)));
            assert!(matches!(&added, Err(EditError::Faults(faults)) if matches!(faults[0].wrong, Wrong::BadName(_))), "{dn}: {added:?}");
        }
    }
}

/// Where a form goes, what is in it, and the field that is wrong.
type Filled<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn no_name_turns_the_direction_of_writing_on_the_pages() {
    let daemon = house("sales", "marc");
    let mut ada = signed_in(&daemon, "ada");
    let page = |ada: &mut Pages, list: &str, name: &str| address(&ada.get(list).body, name);
    let (person, group, application) =
        (page(&mut ada, "/people", "marc"), page(&mut ada, "/groups", "sales"), page(&mut ada, "/applications", "marc-app"));
    for name in TURNING {
        let seen = |ada: &mut Pages, path: &str| ada.get(path).hidden("seen").unwrap();
        let (seen_person, seen_group, seen_app) = (seen(&mut ada, &person), seen(&mut ada, &group), seen(&mut ada, &application));
        let forms: [Filled; 9] = [
            (&person, &[("seen", &seen_person), ("surname", name)], "surname"),
            (&person, &[("seen", &seen_person), ("first_name", name)], "first_name"),
            (&person, &[("seen", &seen_person), ("login", name)], "login"),
            ("/people/new", &[("surname", name), ("login", "new")], "surname"),
            (&group, &[("seen", &seen_group), ("name", name), ("description", "")], "name"),
            ("/teams/new", &[("name", name), ("description", "")], "name"),
            (&application, &[("seen", &seen_app), ("name", name), ("description", ""), ("limited_to", "")], "name"),
            (&application, &[("seen", &seen_app), ("name", "marc-app"), ("description", name), ("limited_to", "")], "description"),
            ("/applications/new", &[("name", name), ("description", ""), ("limited_to", "")], "name"),
        ];
        for (path, fields, wrong) in forms {
            if wrong == "description" && name.contains('\n') {
                // A description may have several lines, whichever way it comes.
                continue;
            }
            let answer = ada.submit(path, path, fields);
            assert_eq!(answer.status, 422, "{path} {fields:?}: {}", answer.text());
            assert!(
                answer.body.contains(&format!("id=\"{wrong}-error\"")) && answer.text().contains("invisible"),
                "{path}: {}",
                answer.text()
            );
        }
    }
}
