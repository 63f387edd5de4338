# The mails. Names begin with "mails-".
mails-greeting = Hello { $name },
