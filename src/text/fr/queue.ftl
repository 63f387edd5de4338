# Les e-mails en attente. Les noms commencent par « queue- ».
queue-title = E-mails en attente
queue-none = Aucun e-mail n’attend : tout est parti.
queue-text = Ces e-mails ne sont pas encore partis. Ils sont réessayés automatiquement, sauf ceux qui sont abandonnés : ceux-là attendent votre décision.
queue-to = Destinataire
queue-queued = En attente depuis
queue-next = Prochain essai
queue-given-up = Abandonné
queue-attempts = { $count ->
    [0] pas encore essayé
    [one] { $count } essai
   *[other] { $count } essais
}
queue-fault = Raison
queue-actions = Actions
queue-kind-link = Lien vers un nouveau mot de passe
queue-kind-password = Mot de passe généré
queue-kind-notice = Avis de changement de mot de passe
queue-kind-invitation = Invitation
queue-kind-address = Avis de changement d’adresse
queue-kind-address-link = Lien vers une nouvelle adresse
queue-retry = Réessayer
queue-drop = Ne pas envoyer
queue-drop-title = Ne pas envoyer cet e-mail ?
queue-drop-text = Il est destiné à { $address }.
queue-drop-means = Il ne partira plus. Un mot de passe généré qu’il devait porter n’entrera pas en vigueur ; l’ancien reste valable.
queue-notice-retried = L’e-mail est réessayé maintenant.
queue-notice-dropped = L’e-mail ne sera pas envoyé.
queue-notice-gone = Cet e-mail n’attend plus : il est parti, ou a été retiré.
