# The mails. Names begin with "mails-".

## In all of them

mails-hello = Hello,
mails-hello-named = Hello { $name },
mails-or-copy = Or copy this address into your browser:
mails-help = Need help? { $support }
mails-help-manager = Need help? Your manager can give you a new password.
mails-automatic = This email was sent automatically by { $site }.
mails-fact-when = When
mails-fact-where = From
mails-fact-how = How
mails-fact-relay = Sent by
mails-fact-who = By
mails-fact-login = Login
mails-who-owner = you
mails-who-system = the administration of the server
mails-from-address = the address { $address }
mails-from-server = the server itself

## The link

mails-reset-subject = Your link to a new password on { $site }
mails-reset-for-one = A new password was requested for your account { $login } on { $site }. To get it, open this link:
mails-reset-for-several = A new password was requested on { $site } for this email address. Several accounts use it; each has its own link:
mails-reset-button = Get a new password
mails-reset-button-for = New password for { $login }
mails-reset-validity = Valid for { $lasting }, { $until }. Nothing changes until you confirm on the page: your present password still works.
mails-reset-not-me = Was it not you? There is nothing to do: unless it is confirmed, nothing changes. You can also cancel the request:
mails-reset-not-me-button = This was not me
mails-reset-not-me-button-for = This was not me ({ $login })

## The link that somebody else sends

mails-sent = For your account { $login } on { $site }, { $name } sends you a link to a new password. Open it:
mails-sent-not-me = Did you not expect it? Unless you confirm, nothing changes. You can also cancel this link:
mails-sent-not-me-button = Cancel this link

## The invitation

mails-welcome-subject = Welcome to { $site }
mails-welcome = Welcome! An account has been made for you on { $site }.
mails-welcome-open = All that is missing is the password. To get it, open this link:
mails-welcome-button = Get my password
mails-welcome-validity = Valid for { $lasting }, { $until }. After that, ask for another link with your login:
mails-welcome-again-button = Ask for another link
mails-welcome-not-me = Is this account not for you? Decline the invitation, and its link no longer works:
mails-welcome-not-me-button = Decline the invitation

## The generated password

mails-generated-subject = Your new password on { $site }
mails-generated-subject-first = Your password on { $site }
mails-generated-here = Here is the new password of your account { $login } on { $site }:
mails-generated-here-first = Here is the password of your account { $login } on { $site }:
mails-generated-replaces = It replaces the former one.
mails-generated-how = Copy all of it: the hyphens are part of it. If you received several emails like this one, only the latest counts.
mails-generated-keep = You may keep it, or choose your own whenever you like:
mails-generated-must-change = Choose your own now; you will be asked to when you first sign in:
mails-generated-good-for = It is valid for { $lasting }: choose your own before then.
mails-generated-button = Choose my own password
mails-generated-delete = Once you have noted it, delete this email.
mails-generated-not-me = Did you not ask for it? Somebody else may be reading your email: change the password of your mailbox, then ask for a new one here.

mails-generated-not-expected = Did you not expect it? Talk to your manager.

## The notice

mails-notice-subject = Your password on { $site } was changed
mails-notice-changed = The password of your account { $login } on { $site } was changed.
mails-way-own = with the former password
mails-way-chosen = with the link you received by email
mails-way-generated = by a password that was sent to you by email
mails-way-sent = by a password that { $name } had sent to you by email
mails-way-system = by the administration of the server
mails-way-other = by { $name }
mails-notice-was-me = Was it you? There is nothing to do.
mails-notice-not-me = Was it not you? Request a new password at once, and report it:
mails-notice-button = Request a new password

## The notice to mail addresses

mails-address-subject = Change of email address on { $site }
mails-address-removed = This email address is no longer that of your account { $login } on { $site }.
mails-address-added = This email address is now that of the account { $login } on { $site }.
mails-address-kept = The email addresses of your account { $login } on { $site } have changed; this one stays.
mails-address-was-me = Do you know about it? There is nothing to do.
mails-address-not-me = Do you not know about it? Tell your manager at once: with an email address, one can ask for a new password.
mails-address-not-mine = Is this account not yours? Somebody probably mistyped an address: report it, or ignore this email.

## The link to a new mail address

mails-confirm-subject = Confirm your email address on { $site }
mails-confirm = This email address was given for the account { $login } on { $site }. To make it count, sign in and confirm it:
mails-confirm-button = Confirm this address
mails-confirm-validity = Valid for { $lasting }, { $until }. Until you confirm on the page, nothing changes.
mails-confirm-not-me = Is this account not yours? There is nothing to do: somebody probably mistyped an address, and without you it does not count.

## The test

mails-test-subject = Test email from { $site }
mails-test-works = This email is a test: { $site } can send emails. There is nothing to do.
