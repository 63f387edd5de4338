use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::entry::Attributes;
use crate::domain::id::Id;

fn account(uid: &str, attributes: &[(Attribute, &[&str])]) -> Account {
    let mut given = Attributes::default();
    attributes.iter().for_each(|(attribute, values)| given.add(*attribute, values.iter()));
    Account {
        id: Id(1),
        entry_uuid: Uuid::nil(),
        uid: uid.into(),
        role: Role::User,
        status: Status::Active,
        expires_at: None,
        uid_number: 1,
        gid_number: 1,
        created_at: UnixTime::default(),
        modified_at: UnixTime::default(),
        password_changed_at: None,
        must_change: false,
        attributes: given,
    }
}

fn named(surname: &str, first: &str) -> Account {
    account("x", &[(Attribute::Cn, &[&format!("{first} {surname}")]), (Attribute::Sn, &[surname]), (Attribute::GivenName, &[first])])
}

fn louise() -> Account {
    account(
        "lmichel",
        &[
            (Attribute::Cn, &["Louise Michel"]),
            (Attribute::Sn, &["Michel"]),
            (Attribute::GivenName, &["Louise"]),
            (Attribute::Mail, &["Louise.Michel@Example.org", "contact-paris@example.org"]),
        ],
    )
}

#[test]
fn a_person_is_found_by_the_beginning_of_any_word() {
    let listing = PersonListing::of(&louise());
    for (search, found) in [
        ("", true),
        ("lou", true),
        ("LOUISE", true),
        ("Loüise", true),
        ("michel louise", true),
        ("  mich   lo ", true),
        ("lmichel", true),
        ("louise.michel@example.org", true),
        ("michel@example", true),
        ("paris", true),
        ("(louise)", false),
        ("(louise", true),
        ("ouise", false),
        ("louise michaud", false),
        ("louise x", false),
        ("example", false),
        ("org", false),
        ("@ -", true),
    ] {
        assert_eq!(listing.matches(&terms(search)), found, "{search:?}");
    }
}

#[test]
fn names_of_several_parts_are_found_by_each() {
    for (surname, first, search) in [
        ("O’Brien", "Anne-Marie", "brien marie"),
        ("O'Brien", "Anne-Marie", "o’b anne-m"),
        ("d’Arc", "Jeanne", "arc"),
        ("Lefèvre", "Œdipe", "lefevre oedipe"),
        ("Łukasz", "Søren", "luk sor"),
        ("de la Tour", "Zoé", "zoe tour de"),
        ("Ångström", "ＩＤＡ", "angstrom ida"),
    ] {
        assert!(PersonListing::of(&named(surname, first)).matches(&terms(search)), "{surname} {first}: {search}");
    }
}

#[test]
fn no_word_begins_another_and_an_ordinary_person_has_few() {
    let listing = PersonListing::of(&louise());
    let words: Vec<&str> = listing.words().collect();
    assert_eq!(words, ["lmichel", "louise.michel@example.org", "contact-paris@example.org", "michel@example.org", "paris@example.org"]);
}

#[test]
fn lists_are_in_the_order_of_surname_and_first_name() {
    let mut people = [
        named("Michel-Dupont", "Anne"),
        named("Zola", "Émile"),
        named("michel", "Zoé"),
        named("Michel", "Louise"),
        named("Écrivain", "Paul"),
        account("admin", &[(Attribute::Cn, &["Dora Maar"]), (Attribute::Sn, &["Maar"])]),
        named("Fabre", "Henri"),
    ];
    people.sort_by_key(sort_name);
    let names: Vec<_> = people.iter().map(|person| shown_name(person).0).collect();
    assert_eq!(names, ["Dora Maar", "Écrivain", "Fabre", "Michel", "michel", "Michel-Dupont", "Zola"]);
    assert_eq!(shown_name(&people[3]), ("Michel", "Louise"));
    assert_eq!(shown_name(&account("admin", &[(Attribute::GivenName, &[" "])])), ("admin", ""));
}

#[test]
fn the_short_lists_follow_role_and_state() {
    let person =
        |role, status, expires_at| PersonListing::of(&Account { role, status, expires_at, ..louise() }).facets().collect::<Vec<_>>();
    let later = Some(UnixTime::from_secs(9));
    assert_eq!(person(Role::User, Status::Active, None), []);
    assert_eq!(person(Role::Manager, Status::Disabled, None), [Facet::Managers, Facet::Disabled]);
    assert_eq!(person(Role::Administrator, Status::Active, later), [Facet::Administrators, Facet::Expiring]);
    assert_eq!(PersonListing::of(&Account { expires_at: later, ..louise() }).state(UnixTime::from_secs(9)), State::Expired);
}

proptest! {
    #[test]
    fn whatever_the_name_it_is_found_and_its_words_are_few(uid in any::<String>(), name in any::<String>(), mails in prop::collection::vec(any::<String>(), 0..9)) {
        let mails: Vec<&str> = mails.iter().map(String::as_str).collect();
        let person = account(&uid, &[(Attribute::Sn, &[&name]), (Attribute::Mail, &mails)]);
        let listing = PersonListing::of(&person);
        let words: Vec<&str> = listing.words().collect();
        prop_assert!(words.len() <= MAX_WORDS);
        prop_assert!(words.iter().all(|word| !word.contains('\0') && word.len() <= MAX_WORD));
        prop_assert!(words.iter().enumerate().all(|(at, one)| words.iter().enumerate().all(|(other, word)| at == other || !word.starts_with(one))));
        prop_assert!(!sort_name(&person).contains('\0') && sort_name(&person).len() <= 2 * MAX_WORD + 1);
        // A name of more words than one has may lose its last ones.
        if plain(&name).split_whitespace().flat_map(starts).count() <= MAX_WORDS {
            prop_assert!(listing.matches(&terms(&name)), "{words:?}");
        }
    }
}
