# A person's sheet. Names begin with "person-".

# Fields.
person-field-first-name = First name
person-field-surname = Surname
person-field-login = Login
person-field-mail = Email address
person-field-telephone = Telephone
person-field-role = Access level
person-field-team = Team
person-field-state = State
person-field-expires = Last day of access
person-field-must-change = At the next sign-in
person-field-password = New password
person-field-confirm = The same again
person-login-hint = People sign in with it: if you change it, tell them.
person-login-hint-new = The person will sign in with it.
person-mail-hint = Separate several addresses with commas. Links go to the first one.
person-role-user = User
person-role-manager = Manager
person-role-administrator = Administrator
person-no-team = None
person-active = Active
person-disabled = Disabled
person-expired = Expired
person-must-change-no = Nothing special
person-must-change-yes = Must choose another password

# What is known of the person.
person-groups = Groups
person-throttled = Sign-in blocked
person-password-set = Password set
person-password-none = None yet
person-modified = Sheet changed

# The password.
person-new-password = Set a new password
person-new-password-hint = Leave these fields empty to keep the password as it is. Sending a link is better: nobody but the person needs to know the password.
person-temporary = Has to be changed at the next sign-in
person-own-password-hint = Type your own password, since a new password can be sent to that address. The old and the new address will be told.
person-own-password-hint-role = Needed to change the email address, to give the access level Manager or Administrator, or to set an administrator’s password: an open browser is not enough for that.
person-own-password-hint-new = Needed for the access level Manager or Administrator: an open browser is not enough for that.

# Buttons.
person-save = Save
person-back = Back to the list
person-more = Other actions
person-send-hint = The present password works until the person has chosen another one, or the generated one is on its way.
person-send-link = Send a link for a new password
person-send-password = Send a generated password
person-unlock = Unblock sign-in
person-end-sessions = Sign out everywhere
person-delete-ask = Delete this person…
person-notice-unlocked = Sign-in is unblocked.
person-notice-signed-out = All sessions of this person are closed.
person-notice-link-sent = A link is on its way.
person-notice-password-sent = A generated password is on its way.
person-notice-added = The person has been added.
person-notice-invited = The person has been added, and an invitation is on its way.
person-notice-deleted = The person has been deleted.

# Deleting.
person-delete-title = Delete { $name }?
person-delete-what = The account { $login } goes, with its password, groups and team; applications refuse it at once.
person-delete-for-ever = None of this can be brought back. The audit keeps what was done.
person-delete-instead = For somebody who is only away, disable the account on the sheet: everything stays in its place.
person-delete = Delete for good

# A new person.
person-new = New person
person-first-password = First password
person-invite = Send an invitation
person-invite-hint = A welcome email, with a link to choose a password.
person-first-password-instead = Or set a password yourself: then no invitation is sent.
person-first-password-later = Leave these fields empty to set one later.
person-add = Add

# What is wrong.
person-missing = Fill in this field.
person-malformed = Write it on one line, without invisible characters.
person-too-long = This is too long: shorten it.
person-twice = The same value is there twice: take one away.
person-too-many = These are too many: { $most } at most.
person-surname-missing = Type the surname.
person-login-missing = Type a login.
person-login-malformed = A login has 64 characters at most, no blanks or invisible characters, no "/" and no ":", and does not begin with a hyphen.
person-login-not-plain = Use letters without accents, digits, dots, hyphens and underscores only, with a letter or digit first. For another login, ask the administration.
person-login-reserved = This is the name of something else on many machines: choose another login, or ask the administration.
person-login-taken = This login is taken, or is somebody else's email address: choose another one.
person-mail-missing = Type an email address: the invitation goes there.
person-mail-malformed = Write an address such as louise.martin@example.org, without accents.
person-mail-is-login = The address { $mail } is somebody else's login: use another address.
person-telephone-malformed = Write a number such as +33 1 23 45 67 89.
person-no-such-team = There is no team of that name: check how it is written.
person-expires-malformed = Write a date such as 2026-12-31, or leave the field empty.
person-expires-past = That day is over: to take access away at once, disable the account.
person-changed-meanwhile = Somebody has changed this sheet meanwhile: nothing was saved. This is what it says now; make your changes again if they are still needed.
person-last-administrator = This is the last administrator who is active and has no last day: give somebody else that access level first.
person-not-invited = No invitation can be sent: the account is not active yet, or this site sends no emails. Set a password, or untick the invitation.
person-numbers-used-up = No number is left for a new account: raise posix.uid_max in the configuration.
person-send-not-offered = This site does not send that: nothing was sent.
person-send-not-usable = This account is not active: nothing was sent. Enable it first.
person-send-no-address = There is no email address on this sheet: nothing was sent.
person-send-new-address = The person has changed their own address lately: to be safe, nothing is sent there yet. Set a password, or save the address yourself.
person-send-too-many = Several emails were sent for this person already: wait a little before sending another one.
