//! A session of the pages that begins as part of another rule: signing in, or changing one's own password.

use crate::domain::id::Id;
use crate::domain::reset::TokenDigest;
use crate::domain::session::WebSession;
use crate::domain::time::UnixTime;
use crate::secret::{self, Secret};
use crate::store::{Stop, View, sessions};

/// A session that is about to begin.
#[derive(Clone, Copy)]
pub(in crate::directory) struct NewSession {
    digest: TokenDigest,
    now: UnixTime,
}

impl NewSession {
    /// One that begins at `now`, and its token.
    pub(super) fn draw(now: UnixTime) -> (Secret, NewSession) {
        let token = secret::token();
        let digest = TokenDigest::of(&token);
        (token, NewSession { digest, now })
    }

    /// Begins it for `account`, as part of a rule.
    pub(in crate::directory) fn begin<E>(&self, view: &mut View<'_>, account: Id) -> Result<(), Stop<E>> {
        sessions::begin(view, self.digest, &WebSession { account, began_at: self.now, seen_at: self.now })
    }
}
