//! Search filters: as text (RFC 4515), and as BER after an octet of zero. None may panic, and what the subject may not
//! read may not show in what a filter holds of an entry.

use bindery::domain::filter::{Filter, Holder, Ternary};
use bindery::domain::schema::Attribute;
use bindery::ldap::fuzzing;

/// Reads the filter in `input` and evaluates it.
pub fn run(input: &[u8]) {
    let filter = match input {
        [0, ber @ ..] => fuzzing::filter(ber),
        text => std::str::from_utf8(text).ok().and_then(|text| Filter::parse(text).ok()),
    };
    if let Some(filter) = filter {
        evaluate(filter);
    }
}

fn evaluate(filter: Filter) {
    let held = filter.evaluate(&mut Louise { telephone: "+33 1 23" });
    assert_eq!(held, filter.evaluate(&mut Louise { telephone: "+33 6 45 67" }), "an unreadable value shows in {filter:?}");
    let [and, or] = [Filter::And, Filter::Or].map(|list| list(vec![filter.clone()]));
    let not = Filter::Not(Box::new(filter));
    let negated = match held {
        Ternary::True => Ternary::False,
        Ternary::False => Ternary::True,
        Ternary::Undefined => Ternary::Undefined,
    };
    for (filter, expected) in [(and, held), (or, held), (not, negated)] {
        assert_eq!(filter.evaluate(&mut Louise { telephone: "" }), expected, "{filter:?}");
    }
}

/// An entry of which telephone numbers may not be read, and the password never.
struct Louise {
    telephone: &'static str,
}

impl Holder for Louise {
    fn readable(&mut self, attribute: Attribute) -> bool {
        attribute != Attribute::TelephoneNumber
    }

    fn any(&mut self, attribute: Attribute, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        assert_ne!(attribute, Attribute::UserPassword, "a filter looked at a credential");
        let own = (attribute == Attribute::TelephoneNumber).then_some(self.telephone.as_bytes());
        let others = VALUES.iter().filter(|(held, _)| *held == attribute).map(|(_, value)| *value);
        own.into_iter().chain(others).any(test)
    }
}

const VALUES: &[(Attribute, &[u8])] = &[
    (Attribute::ObjectClass, b"person"),
    (Attribute::ObjectClass, b"inetOrgPerson"),
    (Attribute::Uid, b"LouiseM"),
    (Attribute::Cn, b"Louise  Martin"),
    (Attribute::Cn, "Élodie \u{200b}x".as_bytes()),
    (Attribute::Sn, b""),
    (Attribute::Mail, b"louise.martin@example.org"),
    (Attribute::UidNumber, b"10001"),
    (Attribute::GidNumber, b"-7"),
    (Attribute::Mobile, b"+33 6-12"),
    (Attribute::JpegPhoto, b"\xff\xd8\xff\xe0"),
    (Attribute::MemberOf, b"cn=staff,ou=groups,dc=example,dc=org"),
    (Attribute::ModifyTimestamp, b"20261122093000Z"),
    (Attribute::EntryUuid, b"550e8400-e29b-41d4-a716-446655440000"),
    (Attribute::EntryDn, b"uid=LouiseM,ou=people,dc=example,dc=org"),
    (Attribute::HomeDirectory, b"/home/L"),
];
