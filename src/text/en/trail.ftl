# The audit. Names begin with "trail-".

trail-title = Audit
trail-file = Download (CSV)
trail-who = Who
trail-what = What
trail-from = From
trail-to = To
trail-day-wrong = There is no such day: it was left out.
trail-unknown = Nobody has that name: no account, no application, no group and no team.
trail-none = There is nothing of the kind in the audit.
trail-looked-to = Nothing else since { $time }. The next page looks further back.
trail-what-happened = Event
trail-when = Time
trail-where = From
trail-from-server = the server
trail-kind-changes = Changes
trail-kind-passwords = Passwords
trail-kind-access = Sign-ins
trail-kind-refusals = Refusals
trail-kind-all = Everything
trail-times = { $count } times

# Who.
trail-actor-server = The server
trail-actor-system = The server’s administration
trail-actor-nobody = Somebody who is not signed in

# What happened.
trail-bound = { $actor } opened a connection to the directory
trail-bind-refused = Connection to the directory refused for { $target }: { $reason }
trail-bind-refused-nameless = Connection to the directory refused: { $reason }
trail-password-own = { $actor } changed their own password
trail-password-changed = { $actor } changed the password of { $of }
trail-secret-changed = { $actor } renewed the secret of { $of }
trail-password-own-refused = { $actor } could not change their own password: { $reason }
trail-password-refused = { $actor } could not change the password of { $of }: { $reason }
trail-password-refused-nameless = { $actor } could not change a password: { $reason }
trail-added = { $actor } added { $target }
trail-added-with = { $actor } added { $target }: { $what }
trail-modified = { $actor } changed { $target }: { $what }
trail-renamed = { $actor } renamed { $what } to { $target }
trail-deleted = { $actor } deleted { $target }
trail-change-refused = { $actor } could not change { $target }: { $reason }
trail-reset-requested = A new password was requested for { $target }
trail-reset-requested-nameless = A new password was requested for an account that does not exist
trail-reset-refused = Request for a password of { $target } came to nothing: { $reason }
trail-reset-refused-nameless = Request for a password came to nothing: { $reason }
trail-reset-mailed = The link to choose a password was sent to { $target }
trail-reset-chosen = { $target } chose a password through the link
trail-reset-generated = { $target } asked for a ready-made password through the link
trail-reset-revoked = The request for a password of { $target } was cancelled by whoever got the message
trail-link-refused = A mailed link did not work: { $reason }
trail-signed-in = { $actor } signed in on these pages
trail-sign-in-refused = Sign-in on these pages refused for { $target }: { $reason }
trail-sign-in-refused-nameless = Sign-in on these pages refused: { $reason }
trail-signed-out = { $actor } signed out
trail-mail-given-up = { $what }: the email for { $target } could not be sent
trail-mail-dropped = { $what }: { $actor } took the email for { $target } out of the queue
trail-mail-retried = { $what }: { $actor } had the email for { $target } tried again
trail-mail-queued = { $what }: { $actor } had an email sent to { $target }
trail-sessions-own = { $actor } ended all their own sessions
trail-sessions-ended = { $actor } ended all sessions of { $of }
trail-exported = { $actor } downloaded the audit
trail-refusals-folded = { $what } more refusals to { $actor } within a minute, not listed one by one

# Emails.
trail-mail-link = Link to choose a password
trail-mail-password = Ready-made password
trail-mail-notice = Notice of a changed password
trail-mail-invitation = Invitation
trail-mail-address = Notice of a changed address
trail-mail-address-link = the link to a new address

# What was changed.
trail-attribute-surname = surname
trail-attribute-first-name = first name
trail-attribute-name = displayed name
trail-attribute-login = login
trail-attribute-mail = email address
trail-attribute-telephone = telephone
trail-attribute-role = access level
trail-attribute-team = team
trail-attribute-state = state
trail-attribute-expiry = expiry date
trail-attribute-password = password
trail-attribute-must-change = password to be changed
trail-attribute-lock = unlocked
trail-attribute-members = members
trail-attribute-managers = managers
trail-attribute-description = description
trail-attribute-limit = visible group
trail-attribute-grant = right to set passwords
trail-attribute-language = language
trail-values-added = { $attribute }: { $after } added
trail-values-removed = { $attribute }: { $before } removed
trail-values-changed = { $attribute }: { $before } → { $after }
trail-values-more = (and { $count } more)

# Why.
trail-why-unknown-name = unknown name
trail-why-wrong-password = wrong password
trail-why-disabled = account disabled
trail-why-expired = account or password expired
trail-why-throttled = too many attempts
trail-why-no-password = no password is set
trail-why-denied = not allowed
trail-why-policy = password too weak
trail-why-old-required = the current password is missing
trail-why-must-change = the password must be changed first
trail-why-clear = connection not encrypted
trail-why-empty = empty password
trail-why-constraint = request not valid
trail-why-unknown-entry = no such thing in the directory
trail-why-last-administrator = last administrator
trail-why-no-mail = no email address
trail-why-unknown-link = unknown link
trail-why-expired-link = link expired
trail-why-ended-link = link used or replaced
trail-why-not-offered = turned off
trail-why-new-address = email address too recent
