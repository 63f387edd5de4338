//! Mails over real SMTP: what goes over the wire, and what becomes of a mail when the relay does not do what it should.

mod relay;
