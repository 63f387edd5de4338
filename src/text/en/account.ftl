# My account. Names begin with "account-".

account-mail = Email address
account-no-mail = None
account-team = Team
account-no-team = None
account-password-set = Password changed
account-password-none = Never
account-language = Language of messages
account-french = French
account-english = English
account-language-site = That of the site
account-sign-ins = Recent sign-ins
account-sign-ins-text = If you do not recognise one of them, change your password and tell your manager.
account-changes = Recent changes
account-nothing = Nothing yet.
