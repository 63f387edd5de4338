//! What `account add` and `account set` can say about a person, and the LDAP attributes that it becomes.

use clap::{Args, ValueEnum};

use super::failure::Failure;
use crate::domain::time::UnixTime;

/// The details of a person. An empty value takes a detail away.
#[derive(Clone, Debug, Default, Args)]
pub struct AccountDetails {
    /// First name
    #[arg(long, value_name = "NAME")]
    pub given_name: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    pub surname: Option<String>,
    /// The name as it is to be shown, if not first name and family name
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// Mail address; may be given several times, the first is the main one
    #[arg(long, value_name = "ADDRESS")]
    mail: Vec<String>,
    /// Telephone number; may be given several times
    #[arg(long, value_name = "NUMBER")]
    telephone: Vec<String>,
    /// Language for mails and pages, such as fr or en
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// The team they belong to
    #[arg(long, value_name = "TEAM")]
    team: Option<String>,
    /// What they may do: user, manager (looks after their own teams) or administrator
    #[arg(long, value_name = "ROLE", ignore_case = true, value_parser = ["user", "manager", "administrator"])]
    role: Option<String>,
    /// When the account ends: 2026-12-31 (from the start of that day, UTC), 2026-12-31T18:00:00Z, or never
    #[arg(long, value_name = "DATE", value_parser = expiry)]
    expires: Option<Expiry>,
    /// Whether the password must be changed at the next sign-in
    #[arg(long, value_name = "YES|NO", value_enum)]
    must_change: Option<YesNo>,
    /// Any other LDAP attribute, such as title=Doctor; may be given several times
    #[arg(long = "attribute", value_name = "NAME=VALUE", value_parser = attribute)]
    attributes: Vec<Assignment>,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    /// Yes
    Yes,
    /// No
    No,
}

/// When an account ends: a GeneralizedTime, or nothing for never.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Expiry(String);

/// An attribute and its value, as `NAME=VALUE` says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Assignment {
    name: String,
    value: String,
}

impl AccountDetails {
    /// The LDAP attributes that were spoken of, each with all its values; an empty value means none.
    pub fn attributes(&self) -> Vec<(String, Vec<String>)> {
        let mut found: Vec<(String, Vec<String>)> = Vec::new();
        let must_change = self.must_change.map(|yes| if yes == YesNo::Yes { "TRUE" } else { "FALSE" }.to_owned());
        for (name, value) in [
            ("givenName", &self.given_name),
            ("sn", &self.surname),
            ("displayName", &self.display_name),
            ("preferredLanguage", &self.language),
            ("departmentNumber", &self.team),
            ("binderyRole", &self.role.as_ref().map(|role| role.to_lowercase())),
            ("accountExpires", &self.expires.as_ref().map(|expiry| expiry.0.clone())),
            ("pwdReset", &must_change),
        ] {
            found.extend(value.iter().map(|value| (name.to_owned(), vec![value.clone()])));
        }
        for (name, values) in [("mail", &self.mail), ("telephoneNumber", &self.telephone)] {
            if !values.is_empty() {
                found.push((name.to_owned(), values.clone()));
            }
        }
        for Assignment { name, value } in &self.attributes {
            match found.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, values)) => values.push(value.clone()),
                None => found.push((name.clone(), vec![value.clone()])),
            }
        }
        found
    }

    /// Refuses details that say nothing at all.
    pub fn something(&self) -> Result<Vec<(String, Vec<String>)>, Failure> {
        let attributes = self.attributes();
        if attributes.is_empty() {
            return Err(Failure::usage("nothing to change was named").with_remedy("`bindery account set --help` shows what can be changed"));
        }
        Ok(attributes)
    }
}

fn expiry(text: &str) -> Result<Expiry, String> {
    if text.is_empty() || text.eq_ignore_ascii_case("never") {
        return Ok(Expiry(String::new()));
    }
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == "2026-12-31".len());
    let moment = match day {
        Some(day) => day.to_zoned(jiff::tz::TimeZone::UTC).map(|start| start.timestamp()),
        None => text.parse::<jiff::Timestamp>(),
    };
    let seconds = moment.ok().and_then(|moment| u64::try_from(moment.as_second()).ok());
    let seconds = seconds.ok_or("write 2026-12-31, 2026-12-31T18:00:00Z or never")?;
    Ok(Expiry(UnixTime::from_secs(seconds).generalized()))
}

fn attribute(text: &str) -> Result<Assignment, String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    let base = name.split(';').next().unwrap_or_default();
    if base.is_empty() {
        return Err("write NAME=VALUE".to_owned());
    }
    // An argument can be seen by everybody on the machine.
    if ["userPassword", "2.5.4.35"].iter().any(|password| password.eq_ignore_ascii_case(base)) {
        return Err("a password is never an argument: use `bindery account passwd`".to_owned());
    }
    Ok(Assignment { name: name.to_owned(), value: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_dates_and_times_in_utc() {
        for (text, time) in [
            ("2026-12-31", "20261231000000Z"),
            ("2026-12-31T18:00:00Z", "20261231180000Z"),
            ("2026-12-31T18:00:00+01:00", "20261231170000Z"),
            ("never", ""),
            ("", ""),
        ] {
            assert_eq!(expiry(text), Ok(Expiry(time.to_owned())), "{text}");
        }
        for text in ["soon", "31.12.2026", "2026-13-01", "2026-12-31T18:00:00", "1969-01-01"] {
            assert!(expiry(text).is_err(), "{text}");
        }
    }

    #[test]
    fn details_become_attributes() {
        let details = AccountDetails {
            surname: Some("Martin".to_owned()),
            team: Some(String::new()),
            role: Some("Manager".to_owned()),
            mail: vec!["a@x".to_owned(), "b@x".to_owned()],
            must_change: Some(YesNo::No),
            attributes: vec![attribute("title=A=B").unwrap(), attribute("MAIL=c@x").unwrap()],
            ..AccountDetails::default()
        };
        let one = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
        let expected = vec![
            one("sn", "Martin"),
            one("departmentNumber", ""),
            one("binderyRole", "manager"),
            one("pwdReset", "FALSE"),
            ("mail".to_owned(), ["a@x", "b@x", "c@x"].map(str::to_owned).to_vec()),
            one("title", "A=B"),
        ];
        assert_eq!(details.attributes(), expected);
    }

    #[test]
    fn no_password_comes_by_way_of_an_attribute() {
        for text in ["userPassword=x", "USERPASSWORD=x", "userpassword;lang-fr=x", "2.5.4.35=x", "title", "=x", ";x=y"] {
            assert!(attribute(text).is_err(), "{text}");
        }
    }
}
