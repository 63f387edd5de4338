# One's own mail addresses and telephone numbers. Names begin with "contact-".
contact-title = My contact details
contact-title-mail = My mail address
contact-title-telephone = My telephone
contact-field-mail = Mail address
contact-field-telephone = Telephone
contact-mail-hint = If there are several, put commas between them. Old and new addresses are told of the change.
contact-mail-hint-wait = If there are several, put commas between them. Old and new addresses are told of the change. A new address is good for requesting a password after { $time } only.
contact-password = Your password
contact-password-hint = Needed only if the mail address changes.
contact-password-missing = To change the mail address, type your password as well.
contact-save = Save
contact-changed = Your details have changed meanwhile: these are the present ones. Make your change again if it is still needed.
contact-mail-is-login = { $mail } is the login of somebody else: use another address.
contact-mail-malformed = This does not look like a mail address: check it, for instance louise.martin@example.org.
contact-telephone-malformed = This does not look like a telephone number: check it, for instance +33 1 23 45 67 89.
contact-twice = It is there twice: once is enough.
contact-too-many = { $most } at most: take some away.
