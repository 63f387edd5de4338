//! The labels of the metrics, each a closed set of values.

/// A closed set of values of a label.
macro_rules! label {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$each])* $variant,)* }

        impl $name {
            pub(super) const WORDS: &'static [&'static str] = &[$($word,)*];
        }
    };
}

label! {
    /// How a bind ended.
    BindOutcome {
        /// It succeeded.
        Success = "success",
        /// As anonymous.
        Anonymous = "anonymous",
        /// Wrong name or password, disabled or expired account.
        Invalid = "invalid",
        /// Refused unseen after failures.
        Throttled = "throttled",
        /// The hash queue was full.
        Busy = "busy",
        /// The store did not answer.
        Unavailable = "unavailable",
        /// A password in clear over the network.
        Cleartext = "cleartext",
        /// A name without a password, an unknown method.
        Refused = "refused",
    }
}

label! {
    /// What was asked for.
    Operation {
        /** Bind. */ Bind = "bind",
        /** Unbind. */ Unbind = "unbind",
        /** Search. */ Search = "search",
        /** Compare. */ Compare = "compare",
        /** Add. */ Add = "add",
        /** Modify. */ Modify = "modify",
        /** Delete. */ Delete = "delete",
        /** ModifyDN. */ Rename = "modify_dn",
        /** Abandon. */ Abandon = "abandon",
        /** Password modify (RFC 3062). */ PasswordModify = "password_modify",
        /** Who am I (RFC 4532). */ WhoAmI = "who_am_i",
        /** StartTLS. */ StartTls = "start_tls",
        /** Anything else. */ Other = "other",
    }
}

label! {
    /// What a connection came over.
    Transport {
        /** `ldap://`. */ Ldap = "ldap",
        /** `ldaps://`. */ Ldaps = "ldaps",
        /** `ldapi://`. */ Ldapi = "ldapi",
        /** The pages, with or without TLS. */ Pages = "pages",
    }
}

label! {
    /// Why a connection was refused or ended by the daemon.
    Refused {
        /// Too many at once.
        Total = "too_many",
        /// Too many from its source.
        Source = "too_many_from_source",
        /// What it sent is not LDAP, or beyond a limit.
        Protocol = "protocol",
        /// The TLS handshake failed.
        Handshake = "handshake",
        /// It was too slow to send, or to read.
        Slow = "slow",
        /// It was silent for too long.
        Idle = "idle",
        /// The memory of all connections was full, and it had the most of it.
        Memory = "memory",
        /// The password that opened it is another now, or opens something else.
        Revoked = "revoked",
    }
}

label! {
    /// What became of somebody who asked for a new password on the page; they are told no more than that.
    ResetRequested {
        /// It was taken down, whoever it names.
        Taken = "taken",
        /// The queue was full.
        Busy = "busy",
    }
}

label! {
    /// What a mailed link was used for.
    LinkUsed {
        /// A password that was chosen.
        Chosen = "chosen",
        /// A password that is generated and mailed.
        Generated = "generated",
        /// "This was not me".
        Revoked = "revoked",
    }
}

label! {
    /// What became of a mail that was handed to the relay.
    MailOutcome {
        /// The relay has taken it.
        Sent = "sent",
        /// It is tried again later.
        Postponed = "postponed",
        /// It waits for an administrator.
        GivenUp = "given_up",
    }
}
