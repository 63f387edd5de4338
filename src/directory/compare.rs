//! Compare: has the entry this value? (RFC 4511 §4.10)

use super::present::{Named, Presented, Viewer};
use super::subject::{MustChange, subject};
use super::{Caller, Directory, target};
use crate::domain::dn::Dn;
use crate::domain::filter::{Filter, Ternary};
use crate::domain::matching::MatchingRule;
use crate::domain::schema::Attribute;
use crate::store::{Stop, View};

/// The answer of a compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The entry has the value.
    True,
    /// It has not.
    False,
}

/// Why a compare has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum CompareError {
    /// There is no such entry, or the subject may not see it.
    NoSuchObject {
        /// `matchedDN`.
        matched: String,
    },
    /// Nobody in particular asks: bind first.
    BindFirst,
    /// The entry has no such attribute, or the subject may not read it.
    NoSuchAttribute,
    /// The attribute type is not served.
    UndefinedType,
    /// The attribute type has no equality rule.
    NoEqualityRule,
    /// The value is not of the attribute's syntax.
    InvalidValue,
    /// The caller must change the password first.
    MustChange,
    /// The store does not answer.
    Unavailable,
}

/// What the entry says, before it is put in the protocol's terms.
enum Outcome {
    NoEntry,
    NoAttribute,
    Verdict(Ternary),
}

impl Directory {
    /// Whether the entry `dn` has `value` among those of `attribute`, by the type's equality rule.
    ///
    /// # Errors
    /// [`CompareError`]; an attribute that may not be read is told apart from none in nothing.
    pub async fn compare(&self, caller: &Caller, dn: &Dn, attribute: &str, value: &[u8]) -> Result<Compared, CompareError> {
        if caller.actor == super::Actor::Anonymous {
            return Err(CompareError::BindFirst);
        }
        let attribute = Attribute::named(attribute).ok_or(CompareError::UndefinedType)?;
        let filter = Filter::equality(attribute.name(), value);
        let outcome = self.store.read(|view| self.outcome(view, caller, dn, attribute, &filter)).await;
        match outcome.map_err(|fail| fail.or(CompareError::Unavailable))? {
            Outcome::NoEntry => Err(CompareError::NoSuchObject { matched: self.settings.tree.nearest(dn).to_owned() }),
            Outcome::NoAttribute => Err(CompareError::NoSuchAttribute),
            Outcome::Verdict(Ternary::True) => Ok(Compared::True),
            Outcome::Verdict(Ternary::False) => Ok(Compared::False),
            Outcome::Verdict(Ternary::Undefined) => undefined(attribute, value),
        }
    }

    fn outcome(
        &self,
        view: &mut View<'_>,
        caller: &Caller,
        dn: &Dn,
        attribute: Attribute,
        filter: &Filter,
    ) -> Result<Outcome, Stop<CompareError>> {
        let now = self.clock.now();
        let subject = subject(view, caller, now)?;
        let place = self.settings.tree.locate(dn);
        let Some(record) = target::at(view, &place)? else { return Ok(Outcome::NoEntry) };
        let named = Named::default();
        let context = Viewer { settings: &self.settings, subject: &subject, now, named: &named };
        let Some(mut presented) = Presented::new(&record, view, context).map_err(Stop::widen)? else { return Ok(Outcome::NoEntry) };
        if !presented.may_be_named(&place) {
            return Ok(Outcome::NoEntry);
        }
        if !presented.covers(attribute) || !presented.has(attribute).map_err(Stop::widen)? {
            return Ok(Outcome::NoAttribute);
        }
        let verdict = filter.evaluate(&mut presented);
        match presented.fault() {
            Some(fault) => Err(fault.widen()),
            None => Ok(Outcome::Verdict(verdict)),
        }
    }
}

/// RFC 4511 §4.10: where the assertion is Undefined, an error says so, and why.
fn undefined(attribute: Attribute, value: &[u8]) -> Result<Compared, CompareError> {
    match attribute.equality() {
        None => Err(CompareError::NoEqualityRule),
        // A class that is not known here is a value of the syntax all the same.
        Some(MatchingRule::ObjectIdentifier) if is_oid(value) => Ok(Compared::False),
        Some(_) => Err(CompareError::InvalidValue),
    }
}

/// Whether `value` is a name or a number of something (RFC 4512 §1.4).
fn is_oid(value: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    value.first().is_some_and(u8::is_ascii_alphanumeric) && value.iter().all(is_part)
}

impl From<MustChange> for CompareError {
    fn from(MustChange: MustChange) -> CompareError {
        CompareError::MustChange
    }
}
