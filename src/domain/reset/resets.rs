//! The links of one account: which of them work, and what takes the place of what.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{GrantEnd, Purpose, Rate, ResetGrant, Standing, TokenDigest};
use crate::domain::id::OpId;
use crate::domain::time::UnixTime;

/// What is known of the resets of one account. A grant that is not in one of its links has been superseded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resets {
    /// The link in the last mail that the relay has taken.
    pub delivered: Option<LinkGrants>,
    /// The link in a mail that the relay may have taken, for all that is known. It works as well.
    pub minted: Option<LinkGrants>,
    /// When new passwords were asked for.
    pub asked: Rate,
}

/// The two grants in one mail for one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkGrants {
    /// The mail.
    pub mail: OpId,
    /// Of their tokens.
    pub digests: Digests,
    /// When they work.
    pub valid: Validity,
}

/// The digests of the tokens in one mail for one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digests {
    /// For [`Purpose::Reset`].
    pub reset: TokenDigest,
    /// For [`Purpose::Revoke`].
    pub revoke: TokenDigest,
}

/// From when (included) until when (excluded).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    from: UnixTime,
    until: UnixTime,
}

impl Validity {
    /// From `now` on, for `ttl`.
    pub fn starting(now: UnixTime, ttl: Duration) -> Validity {
        Validity { from: now, until: now.plus(ttl) }
    }

    /// Whether it has come and is not over at `now`. A clock that was set back behind its beginning does not lengthen
    /// it: it is over until the clock has caught up.
    pub fn holds(&self, now: UnixTime) -> bool {
        !self.from.is_ahead_of(now) && now < self.until
    }
}

impl Digests {
    /// Each with what it is for.
    pub fn each(&self) -> [(TokenDigest, Purpose); 2] {
        [(self.reset, Purpose::Reset), (self.revoke, Purpose::Revoke)]
    }
}

impl Resets {
    /// Takes up the link of a mail that is about to be sent, in place of one that was not delivered.
    pub fn mint(&mut self, link: LinkGrants) {
        self.minted = Some(link);
    }

    /// The relay has taken `mail`: its link is `valid` from now on, and the only one. Gives whether that changes anything:
    /// it may have ended meanwhile.
    pub fn deliver(&mut self, mail: OpId, valid: Validity) -> bool {
        let link = self.minted.take_if(|link| link.mail == mail);
        if let Some(link) = link {
            self.delivered = Some(LinkGrants { valid, ..link });
        }
        link.is_some()
    }

    /// Ends all links; gives them.
    pub fn end(&mut self) -> impl Iterator<Item = LinkGrants> + use<> {
        [self.delivered.take(), self.minted.take()].into_iter().flatten()
    }

    /// What `grant`, stored under `digest`, is worth at `now`.
    pub fn standing(&self, digest: TokenDigest, grant: &ResetGrant, now: UnixTime) -> Standing {
        if let Some(end) = grant.end {
            return Standing::Ended(end);
        }
        let mut links = [self.delivered, self.minted].into_iter().flatten();
        match links.find(|link| link.digests.each().contains(&(digest, grant.purpose))) {
            None => Standing::Ended(GrantEnd::Superseded),
            Some(link) if link.valid.holds(now) => Standing::Live(link.valid.until),
            Some(_) => Standing::Expired,
        }
    }

    /// Whether nothing of it matters at `now`, so that it may be purged; links count until their grants are purged.
    pub fn is_over(&self, now: UnixTime) -> bool {
        let links = [self.delivered, self.minted];
        let links_over = links.iter().flatten().all(|link| now.since(link.valid.from) >= super::GRANT_KEPT);
        links_over && self.asked.is_over(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Id;

    const NOW: UnixTime = UnixTime::from_secs(1_795_338_000);
    const HOUR: Duration = Duration::from_secs(3600);

    fn link(n: u8, at: UnixTime) -> LinkGrants {
        let digests = Digests { reset: TokenDigest([n; 32]), revoke: TokenDigest([n + 100; 32]) };
        LinkGrants { mail: OpId([n; 16]), digests, valid: Validity::starting(at, HOUR) }
    }

    fn grant(purpose: Purpose) -> ResetGrant {
        ResetGrant { account: Id(1), purpose, address: String::new(), minted_at: NOW, end: None }
    }

    fn standing(resets: &Resets, n: u8, now: UnixTime) -> Standing {
        let Digests { reset, revoke } = link(n, NOW).digests;
        let standing = resets.standing(reset, &grant(Purpose::Reset), now);
        assert_eq!(resets.standing(revoke, &grant(Purpose::Revoke), now), standing, "the two of one mail share their fate");
        standing
    }

    #[test]
    fn an_hour_is_an_hour_whatever_becomes_of_the_clock() {
        let resets = Resets { delivered: Some(link(1, NOW)), ..Resets::default() };
        let live = Standing::Live(NOW.plus(HOUR));
        for (seconds, expected) in [
            (0, live),
            (1, live),
            (3599, live),
            (3600, Standing::Expired),
            (3601, Standing::Expired),
            (86_400, Standing::Expired),
            (-30, live),
            (-61, Standing::Expired),
            (-86_400, Standing::Expired),
        ] {
            let now = UnixTime::from_secs(NOW.as_secs().wrapping_add_signed(seconds));
            assert_eq!(standing(&resets, 1, now), expected, "{seconds}");
        }
    }

    #[test]
    fn what_is_minted_works_and_what_is_delivered_stands_alone() {
        let live = Standing::Live(NOW.plus(HOUR));
        let superseded = Standing::Ended(GrantEnd::Superseded);
        let mut resets = Resets::default();
        assert_eq!(standing(&resets, 1, NOW), superseded);
        resets.mint(link(1, NOW));
        resets.deliver(OpId([1; 16]), Validity::starting(NOW, HOUR));
        resets.mint(link(2, NOW));
        assert_eq!([1, 2].map(|n| standing(&resets, n, NOW)), [live, live]);
        // It is tried again: what was minted before is in no mail that counts.
        resets.mint(link(3, NOW));
        assert_eq!([1, 2, 3].map(|n| standing(&resets, n, NOW)), [live, superseded, live]);
        resets.deliver(OpId([2; 16]), Validity::starting(NOW, HOUR));
        assert_eq!([1, 2, 3].map(|n| standing(&resets, n, NOW)), [live, superseded, live], "another mail's");
        let later = NOW.plus(HOUR);
        resets.deliver(OpId([3; 16]), Validity::starting(later, HOUR));
        assert_eq!([1, 2].map(|n| standing(&resets, n, NOW)), [superseded; 2]);
        assert_eq!(standing(&resets, 3, later), Standing::Live(later.plus(HOUR)), "the hour runs from the delivery");
        assert_eq!(resets.end().count(), 1);
        assert_eq!(standing(&resets, 3, later), superseded);
    }

    #[test]
    fn how_a_grant_ended_is_told_before_that_it_expired() {
        let resets = Resets { delivered: Some(link(1, NOW)), ..Resets::default() };
        for end in [GrantEnd::Redeemed, GrantEnd::Superseded, GrantEnd::Revoked] {
            let ended = ResetGrant { end: Some(end), ..grant(Purpose::Reset) };
            assert_eq!(resets.standing(TokenDigest([1; 32]), &ended, NOW.plus(HOUR * 2)), Standing::Ended(end));
        }
    }

    #[test]
    fn a_token_of_one_purpose_is_none_of_the_other() {
        let resets = Resets { delivered: Some(link(1, NOW)), ..Resets::default() };
        let swapped = resets.standing(TokenDigest([1; 32]), &grant(Purpose::Revoke), NOW);
        assert_eq!(swapped, Standing::Ended(GrantEnd::Superseded));
    }

    #[test]
    fn it_is_over_when_its_grants_are() {
        assert!(Resets::default().is_over(NOW));
        let resets = Resets { minted: Some(link(1, NOW)), ..Resets::default() };
        let days = |days: u32| NOW.plus(HOUR * 24 * days);
        for (at, over) in [(NOW, false), (days(13), false), (days(14), true)] {
            assert_eq!((resets.is_over(at), grant(Purpose::Reset).is_over(at)), (over, over), "{at}");
        }
    }
}
