# The pages. Names begin with “pages-”.

# What is around every page.
pages-languages = Language
pages-signed-in = Signed in: { $name }
pages-sign-out = Sign out
pages-support = Need help? { $contact }
pages-mail-waits = Emails have been waiting for more than five minutes.
pages-mail-waits-see = See why
pages-problem = There is a problem
pages-problem-title = Error:
pages-to-start = Back to the start
pages-to-sign-in = Go to the sign-in page
pages-to-account = Go to my account
pages-skip = Skip to the content
pages-areas = Areas
pages-area-account = My account
pages-area-people = People
pages-area-teams = Teams
pages-area-groups = Groups
pages-area-applications = Applications
pages-area-audit = Audit
pages-area-mail = Email

# What many pages say.
pages-cancel = Cancel
pages-filter = Filter
pages-pager = Pages of the list
pages-first-page = Back to the first page
pages-next-page = Next page
pages-notice-saved = Saved: { $what }.
pages-notice-unchanged = Nothing has changed.

# Fields.
pages-identifier = Login or email address
pages-identifier-missing = Type your login or your email address.
pages-identifier-too-long = This is too long for a login or an email address: check what you typed.
pages-login = Login
pages-password = Password
pages-password-hint = At least { $minimum } characters. The easiest: four or more words that have nothing to do with each other. Spaces and accents are allowed.
pages-old = Current password
pages-old-missing = Type your current password.
pages-old-wrong = This is not your current password: type it again.
pages-new = New password
pages-new-missing = Type a new password.
pages-confirm = The same, once more
pages-confirm-differs = The two new passwords are not the same: type them again.
pages-confirmation = Confirm that it is you
pages-own-password = Your own password
pages-own-password-missing = Type your own password: this change needs it.
pages-own-password-wrong = This is not your password: type it again.
pages-own-password-throttled = Too many attempts have failed: wait a few minutes, then type your password again.
pages-mail-taken = Somebody else has the address { $mail }: use another one. Only the administration lets two people share an address.
pages-strength-good = This password is good.
pages-show = Show
pages-hide = Hide

# Signing in.
pages-sign-in = Sign in
pages-sign-in-button = Sign in
pages-sign-in-forgotten = Forgotten your password?
pages-sign-in-request = Request a new password
pages-sign-in-missing = Type your login or email address, and your password.
pages-sign-in-wrong = The login or the password is not right. Check capital letters, or request a new password.
pages-sign-in-throttled = Too many attempts have failed: wait a few minutes before you try again, or request a new password.
pages-sign-in-expired = This account or this password is no longer valid: request a new password, or ask your manager.

# My account and my password.
pages-account = My account
pages-password-change = Change my password
pages-password-own = Change my password
pages-password-must = Before you go on, choose a password that only you know.
pages-password-set = Save this password
pages-changed = Your password has been changed
pages-changed-text = The new one works from now on, in all your applications.
pages-changed-sessions = Your session goes on here; elsewhere, you will have to sign in to these pages again.

# Asking for a new password.
pages-forgot = Request a new password
pages-forgot-text = Type your login or your email address. You will get a message with a link; your current password keeps working until then.
pages-forgot-send = Send
pages-forgot-neither = You know neither of them?
pages-forgot-manager = Your manager can help: they can look up your login, and change your email address and your password.
pages-no-mails-text = This site does not send messages. Ask your manager: they can give you a new password.
pages-sent = Check your email
pages-sent-text = If there is an account for what you typed, a message is on its way to the address we have on file. Follow the link in it.
pages-sent-wait = The message usually arrives within a few minutes; look in your spam folder too. If it does not, ask your manager.
pages-sent-valid = The link is valid for { $time }.

# The page of a mailed link.
pages-link = A new password
pages-link-until = This link works { $time }. As long as you have confirmed nothing here, nothing changes.
pages-generated-text = We send you a ready-made password that you can keep, or change later. The old one works until the message has been sent.
pages-generated-text-must = We send you a ready-made password, which you replace when you first sign in to these pages. The old one works until the message has been sent.
pages-generated-button = Send me a new password
pages-welcome = Welcome
pages-welcome-text = Your account on { $site } is ready. All that is missing is a password.
pages-welcome-generated = We send you a ready-made password, which you may keep or change later.
pages-welcome-generated-must = We send you a ready-made password, which you replace when you first sign in to these pages.
pages-welcome-generated-button = Send me a password
pages-chosen-or = Or choose one yourself
pages-generated-sent = A new password is on its way
pages-generated-sent-text = It is being sent by email, to the same address as the link.
pages-generated-sent-old = Once the message has been sent, the old password no longer works. If there are several messages, the latest one counts.
pages-chosen-set = Your new password is set
pages-chosen-set-text = It works from now on, in all your applications.
pages-chosen-set-everywhere = Remember to change it wherever the old one was saved: phone, email program, browser.
pages-link-new = Ask for a new link
pages-link-unknown = This link is not right
pages-link-unknown-text = Perhaps it was not copied in full, or the browser does not accept cookies. Open the link in the latest message you got, or ask for a new one.
pages-link-expired = This link has expired
pages-link-expired-text = Its time is over. Your password has not changed; ask for a new link, it arrives within a few minutes.
pages-link-used = This link has been used
pages-link-used-text = If that was you just now, all is well: check your email. If it was not you, request a new password at once and tell your manager. A link works only once.
pages-link-replaced = This link has been replaced
pages-link-replaced-text = A newer link has been sent, or the password has been changed since. Open the link in the latest message, or ask for a new one.
pages-link-revoked = This link has been cancelled
pages-link-revoked-text = Somebody answered “this was not me” to the message it came in. Your password was not changed by this link.
pages-link-another = This form is from another link
pages-link-another-text = A link for another account has been opened in this browser since: nothing was done. Open the link from the message again.

# This was not me.
pages-not-me = This was not you?
pages-not-me-text = Somebody asked for a new password for this account. If it was not you, cancel the request: the link that was sent stops working, and your password stays the same.
pages-not-me-welcome-title = Is this account not for you?
pages-not-me-welcome = An account was made with your email address. If it is not for you, decline the invitation: the link that was sent will no longer work.
pages-not-me-welcome-button = Decline the invitation
pages-not-me-welcome-otherwise = If it is for you, just close this page: the link remains valid.
pages-not-me-button = Cancel the request
pages-not-me-otherwise = If it was you, simply close this page: the link keeps working.
pages-not-me-done = The request has been cancelled
pages-not-me-done-text = The link no longer works, and your password has not changed.
pages-not-me-done-again = If this happens again, tell your manager.
pages-not-me-over = There is nothing left to cancel
pages-not-me-over-text = This link has expired, was replaced, or the password has been changed since. If you get a message saying that your password was changed and it was not you, request a new one at once and tell your manager.

# What is said in place of a page.
pages-fault-malformed = This request cannot be read
pages-fault-malformed-text = The browser sent something unexpected. Go back to the page and try once more.
pages-fault-forged = This page was open for too long
pages-fault-forged-text = To be safe, nothing was done. Open the page again and start over; if this happens again, check that the browser accepts cookies from this site.
pages-fault-denied = This is not yours to change
pages-fault-denied-text = Nothing was done. If this change is needed, ask your manager or an administrator for it.
pages-fault-not-found = There is no such page
pages-fault-not-found-text = Check the address, or go back to the start.
pages-fault-method = This page does not open that way
pages-fault-method-text = Nothing was done. Go back to the start.
pages-fault-slow = The request took too long
pages-fault-slow-text = The connection may be poor. Try once more.
pages-fault-too-large = This is too long
pages-fault-too-large-text = What was sent is longer than anything these pages ask for. Go back to the page and try once more.
pages-fault-misdirected = This site is not here
pages-fault-misdirected-text = The address that was asked for is not the one of this site. Check it in the address bar.
pages-fault-busy = Very busy at the moment
pages-fault-busy-text = Nothing was done. Wait a few moments, then try once more.
pages-fault-unavailable = The service does not answer at the moment
pages-fault-unavailable-text = Wait a few minutes, then try once more. If it lasts, tell your IT department.
