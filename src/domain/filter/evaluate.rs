//! What a filter holds of an entry: true, false, or neither (RFC 4511 §4.5.1.7).

use std::cmp::Ordering;

use super::{Assertion, Extensible, Filter, Substrings};
use crate::domain::dn::Dn;
use crate::domain::matching;
use crate::domain::schema::{Attribute, Syntax};

/// What a filter holds of an entry. Only those of which it is true are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ternary {
    /// It holds.
    True,
    /// It does not.
    False,
    /// That cannot be told, or is not for the one who asks.
    Undefined,
}

/// An entry as one subject sees it.
pub trait Holder {
    /// Whether the subject may read the attribute; what they may not is Undefined.
    fn readable(&mut self, attribute: Attribute) -> bool;

    /// Whether `test` is true of one of the attribute's values.
    fn any(&mut self, attribute: Attribute, test: &mut dyn FnMut(&[u8]) -> bool) -> bool;

    /// Whether one of the attribute's values is the one asked for; for those who can tell without looking at each.
    fn equals(&mut self, attribute: Attribute, assertion: &Assertion) -> bool {
        attribute.equality().is_some_and(|rule| self.any(attribute, &mut |value| rule.matches(value, &assertion.normal)))
    }
}

impl Filter {
    /// What the filter holds of `entry`.
    pub fn evaluate(&self, entry: &mut impl Holder) -> Ternary {
        match self {
            Filter::And(filters) => all(filters, entry),
            Filter::Or(filters) => one_of(filters, entry),
            Filter::Not(filter) => match filter.evaluate(entry) {
                Ternary::True => Ternary::False,
                Ternary::False => Ternary::True,
                Ternary::Undefined => Ternary::Undefined,
            },
            Filter::Equality(attribute, assertion) => told(entry, *attribute, |entry| entry.equals(*attribute, assertion)),
            Filter::Substrings(attribute, parts) => {
                told(entry, *attribute, |entry| entry.any(*attribute, &mut |value| parts.occur_in(*attribute, value)))
            }
            Filter::GreaterOrEqual(attribute, assertion) => {
                told(entry, *attribute, |entry| stands(entry, *attribute, assertion, Ordering::is_ge))
            }
            Filter::LessOrEqual(attribute, assertion) => {
                told(entry, *attribute, |entry| stands(entry, *attribute, assertion, Ordering::is_le))
            }
            Filter::Present(attribute) => told(entry, *attribute, |entry| entry.any(*attribute, &mut |_| true)),
            Filter::Extensible(extensible) => extensible.evaluate(entry),
            Filter::Undefined => Ternary::Undefined,
        }
    }
}

fn all(filters: &[Filter], entry: &mut impl Holder) -> Ternary {
    let mut held = Ternary::True;
    for filter in filters {
        match filter.evaluate(entry) {
            Ternary::False => return Ternary::False,
            Ternary::Undefined => held = Ternary::Undefined,
            Ternary::True => {}
        }
    }
    held
}

fn one_of(filters: &[Filter], entry: &mut impl Holder) -> Ternary {
    let mut held = Ternary::False;
    for filter in filters {
        match filter.evaluate(entry) {
            Ternary::True => return Ternary::True,
            Ternary::Undefined => held = Ternary::Undefined,
            Ternary::False => {}
        }
    }
    held
}

/// The one gate to an attribute: nobody learns anything of what they may not read, nor of a credential.
fn told<H: Holder>(entry: &mut H, attribute: Attribute, holds: impl FnOnce(&mut H) -> bool) -> Ternary {
    if attribute == Attribute::UserPassword || !entry.readable(attribute) {
        Ternary::Undefined
    } else if holds(entry) {
        Ternary::True
    } else {
        Ternary::False
    }
}

fn stands(entry: &mut impl Holder, attribute: Attribute, assertion: &Assertion, wanted: fn(Ordering) -> bool) -> bool {
    let Some(rule) = attribute.equality() else {
        return false;
    };
    entry.any(attribute, &mut |value| rule.compare(value, &assertion.normal).is_some_and(wanted))
}

impl Substrings {
    /// Whether `value`, of the type `attribute`, has these parts.
    pub fn occur_in(&self, attribute: Attribute, value: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(value) else {
            return false;
        };
        match attribute.definition().syntax {
            Syntax::TelephoneNumber | Syntax::FacsimileTelephoneNumber => self.occur_in_prepared(&matching::telephone(text)),
            _ => self.occur_in_prepared(&matching::folded(text)),
        }
    }

    fn occur_in_prepared(&self, value: &str) -> bool {
        let Some(mut rest) = value.strip_prefix(self.initial.as_deref().unwrap_or_default()) else {
            return false;
        };
        for part in &self.any {
            match rest.find(part.as_str()) {
                None => return false,
                Some(at) => rest = &rest[at + part.len()..],
            }
        }
        rest.ends_with(self.last.as_deref().unwrap_or_default())
    }
}

impl Extensible {
    fn evaluate(&self, entry: &mut impl Holder) -> Ternary {
        let held = told(entry, self.attribute, |entry| entry.any(self.attribute, &mut |value| self.holds_of(value)));
        if held != Ternary::False || !self.dn_attributes {
            return held;
        }
        told(entry, Attribute::EntryDn, |entry| entry.any(Attribute::EntryDn, &mut |value| self.holds_of_name(value)))
    }

    fn holds_of(&self, value: &[u8]) -> bool {
        self.rule.matches(value, &self.assertion.normal)
    }

    fn holds_of_name(&self, dn: &[u8]) -> bool {
        let dn = std::str::from_utf8(dn).ok().and_then(|text| Dn::parse(text).ok()).unwrap_or_default();
        let mut values = dn.rdns().iter().filter_map(|rdn| rdn.value_of(&[self.attribute]));
        values.any(|value| self.holds_of(value.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Louise, of whom telephone numbers may not be read.
    struct Louise;

    const VALUES: &[(Attribute, &str)] = &[
        (Attribute::ObjectClass, "person"),
        (Attribute::ObjectClass, "inetOrgPerson"),
        (Attribute::Uid, "LouiseM"),
        (Attribute::Cn, "Louise  Martin"),
        (Attribute::Cn, "Élodie"),
        (Attribute::Mail, "louise.martin@example.org"),
        (Attribute::UidNumber, "10001"),
        (Attribute::TelephoneNumber, "+33 1 23"),
        (Attribute::Mobile, "+33 6-12"),
        (Attribute::UserPassword, "secret"),
        (Attribute::MemberOf, "cn=staff,ou=groups,dc=example,dc=org"),
        (Attribute::ModifyTimestamp, "20261122093000Z"),
        (Attribute::EntryDn, "uid=LouiseM,ou=people,dc=example,dc=org"),
        (Attribute::HomeDirectory, "/home/L"),
    ];

    impl Holder for Louise {
        fn readable(&mut self, attribute: Attribute) -> bool {
            attribute != Attribute::TelephoneNumber
        }

        fn any(&mut self, attribute: Attribute, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
            VALUES.iter().any(|(held, value)| *held == attribute && test(value.as_bytes()))
        }
    }

    fn check(cases: &[(&str, Ternary)]) {
        for (filter, held) in cases {
            assert_eq!(Filter::parse(filter).unwrap().evaluate(&mut Louise), *held, "{filter}");
        }
    }

    use Ternary::{False, True, Undefined};

    #[test]
    fn items_hold_by_their_matching_rules() {
        check(&[
            ("(uid=louisem)", True),
            ("(UserID= louiseM )", True),
            ("(0.9.2342.19200300.100.1.1=louisem)", True),
            ("(uid;binary=louisem)", True),
            ("(uid;lang-fr=louisem)", Undefined),
            ("(!(uid;lang-fr=louisem))", Undefined),
            ("(uid;lang-fr=*)", Undefined),
            ("(uid=louise)", False),
            ("(uid=)", False),
            ("(cn=LOUISE martin)", True),
            ("(cn=\\c3\\89LODIE)", True),
            ("(cn~=louise martin)", True),
            ("(cn=\\ff)", Undefined),
            ("(objectClass=PERSON)", True),
            ("(objectClass=2.16.840.1.113730.3.2.2)", True),
            ("(objectClass=posixGroup)", False),
            ("(objectClass=sudoRole)", Undefined),
            ("(objectClass=*)", True),
            ("(uidNumber=010001)", True),
            ("(uidNumber=many)", Undefined),
            ("(title=x)", False),
            ("(title=*)", False),
            ("(sAMAccountName=x)", Undefined),
            ("(sAMAccountName=*)", Undefined),
            ("(memberOf=CN=Staff, OU=groups,dc=example,dc=ORG)", True),
            ("(memberOf=cn=other,ou=groups,dc=example,dc=org)", False),
            ("(memberOf=staff)", False),
            ("(mobile=+336 12)", True),
            ("(homeDirectory=/home/l)", False),
        ]);
    }

    #[test]
    fn substrings_hold_in_order_and_apart() {
        check(&[
            ("(cn=lou*)", True),
            ("(cn=louise *)", True),
            ("(cn=*martin)", True),
            ("(cn=*Ise Mar*)", True),
            ("(cn=l*u*s*n)", True),
            ("(cn=l*s*u*n)", False),
            ("(uid=louise*em)", False),
            ("(uid=l*m*m)", False),
            ("(mail=*@example.org)", True),
            ("(mobile=+33*12)", True),
            ("(uidNumber=1*)", Undefined),
            ("(memberOf=cn=staff*)", Undefined),
            ("(nothing=a*)", Undefined),
        ]);
    }

    #[test]
    fn order_is_that_of_the_syntax() {
        check(&[
            ("(uidNumber>=9999)", True),
            ("(uidNumber<=9999)", False),
            ("(uidNumber<=10001)", True),
            ("(modifyTimestamp>=20261122093000Z)", True),
            ("(modifyTimestamp>=20261122093000.1Z)", False),
            ("(modifyTimestamp<=20261122103000+0100)", True),
            ("(modifyTimestamp>=00000101000000Z)", True),
            ("(modifyTimestamp>=yesterday)", Undefined),
            ("(uid>=louise)", True),
            ("(uid<=louise)", False),
            ("(memberOf>=cn=a)", Undefined),
            ("(title>=a)", False),
        ]);
    }

    #[test]
    fn three_values_combine_as_rfc_4511_has_it() {
        check(&[
            ("(&)", True),
            ("(|)", False),
            ("(!(uid=x))", True),
            ("(!(uid=louisem))", False),
            ("(!(nothing=x))", Undefined),
            ("(!(objectClass=sudoRole))", Undefined),
            ("(&(uid=louisem)(nothing=x))", Undefined),
            ("(&(uid=x)(nothing=x))", False),
            ("(&(nothing=x)(uid=x))", False),
            ("(|(nothing=x)(uid=louisem))", True),
            ("(|(nothing=x)(uid=x))", Undefined),
            ("(&(|(uid=louisem)(mail=louisem))(objectClass=person))", True),
        ]);
    }

    #[test]
    fn what_may_not_be_read_is_undefined() {
        check(&[
            ("(telephoneNumber=+33123)", Undefined),
            ("(!(telephoneNumber=x))", Undefined),
            ("(telephoneNumber=*)", Undefined),
            ("(telephoneNumber=+*)", Undefined),
            ("(telephoneNumber:=x)", Undefined),
            ("(userPassword=secret)", Undefined),
            ("(!(userPassword=x))", Undefined),
            ("(userPassword=*)", Undefined),
            ("(userPassword=s*)", Undefined),
            ("(userPassword>=a)", Undefined),
            ("(userPassword:octetStringMatch:=secret)", Undefined),
            ("(2.5.4.35=secret)", Undefined),
        ]);
        assert_eq!(Filter::Present(Attribute::UserPassword).evaluate(&mut Louise), Undefined);
    }

    #[test]
    fn extensible_matches_use_the_rule_that_is_named() {
        check(&[
            ("(uid:=louisem)", True),
            ("(uid:caseExactMatch:=louisem)", False),
            ("(uid:caseExactMatch:=LouiseM)", True),
            ("(uid:2.5.13.2:=louisem)", True),
            ("(uidNumber:integerMatch:=10001)", True),
            ("(cn:integerMatch:=1)", Undefined),
            ("(!(cn:integerMatch:=1))", Undefined),
            ("(jpegPhoto:octetStringMatch:=x)", Undefined),
            ("(ou:dn:=people)", True),
            ("(ou:dn:=groups)", False),
            ("(ou:=people)", False),
            ("(userAccountControl:1.2.840.113556.1.4.803:=2)", False),
            ("(!(userAccountControl:1.2.840.113556.1.4.803:=2))", True),
            ("(!(nsAccountLock=TRUE))", True),
            ("(!(shadowExpire=*))", True),
            // 10001 is 0b10011100010001.
            ("(uidNumber:1.2.840.113556.1.4.803:=17)", True),
            ("(uidNumber:1.2.840.113556.1.4.803:=3)", False),
            ("(uidNumber:integerBitOrMatch:=3)", True),
            ("(uidNumber:1.2.840.113556.1.4.804:=2)", False),
            ("(uidNumber:1.2.840.113556.1.4.804:=two)", Undefined),
            ("(uid:1.2.840.113556.1.4.803:=2)", Undefined),
            ("(memberOf:1.2.840.113556.1.4.1941:=CN=staff, ou=groups,dc=example,dc=org)", True),
            ("(memberOf:inChainMatch:=cn=other,ou=groups,dc=example,dc=org)", False),
            ("(manager:1.2.840.113556.1.4.1941:=uid=x,ou=people,dc=example,dc=org)", Undefined),
            ("(:caseIgnoreMatch:=louisem)", Undefined),
            ("(:dn:2.5.13.2:=louisem)", Undefined),
        ]);
    }
}
