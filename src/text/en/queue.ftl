# The mails that wait. Names begin with "queue-".
queue-title = Waiting emails
queue-none = No email is waiting: all have been sent.
queue-text = These emails have not been sent yet. They are tried again automatically, except those that were given up: these are for you to decide on.
queue-to = To
queue-queued = Waiting since
queue-next = Next try
queue-given-up = Given up
queue-attempts = { $count ->
    [0] not tried yet
    [one] { $count } try
   *[other] { $count } tries
}
queue-fault = Reason
queue-actions = Actions
queue-kind-link = Link to a new password
queue-kind-password = Generated password
queue-kind-notice = Notice of a changed password
queue-kind-invitation = Invitation
queue-kind-address = Notice of a changed address
queue-kind-address-link = Link to a new address
queue-retry = Try now
queue-drop = Do not send
queue-drop-title = Do not send this email?
queue-drop-text = It is for { $address }.
queue-drop-means = It will not be sent any more. A generated password that was to go with it does not come into force; the old one stays valid.
queue-notice-retried = The email is tried now.
queue-notice-dropped = The email will not be sent.
queue-notice-gone = This email is not waiting any more: it was sent or taken out.
