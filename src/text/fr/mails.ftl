# Les e-mails. Les noms commencent par « mails- ».

## Communs à tous

mails-hello = Bonjour,
mails-hello-named = Bonjour { $name },
mails-or-copy = Ou copiez cette adresse dans votre navigateur :
mails-help = Besoin d’aide ? { $support }
mails-help-manager = Besoin d’aide ? Votre responsable peut vous donner un nouveau mot de passe.
mails-automatic = Cet e-mail a été envoyé automatiquement par { $site }.
mails-fact-when = Quand
mails-fact-where = Depuis
mails-fact-how = Comment
mails-fact-relay = Envoyé par
mails-from-address = l’adresse { $address }
mails-from-server = le serveur lui-même

## Le lien

mails-reset-subject = Votre lien pour un nouveau mot de passe sur { $site }
mails-reset-for-one = Un nouveau mot de passe a été demandé pour votre compte { $login } sur { $site }. Pour l’obtenir, ouvrez ce lien :
mails-reset-for-several = Un nouveau mot de passe a été demandé sur { $site } pour cette adresse e-mail. Plusieurs comptes l’utilisent ; chacun a son propre lien :
mails-reset-button = Obtenir un nouveau mot de passe
mails-reset-button-for = Nouveau mot de passe pour { $login }
mails-reset-validity = Valable { $lasting }, { $until }. Rien ne change tant que vous n’avez pas confirmé sur la page : votre mot de passe actuel fonctionne toujours.
mails-reset-not-me = Ce n’était pas vous ? Vous n’avez rien à faire : sans confirmation, rien ne change. Vous pouvez aussi annuler la demande :
mails-reset-not-me-button = Ce n’était pas moi
mails-reset-not-me-button-for = Ce n’était pas moi ({ $login })

## Le mot de passe généré

mails-generated-subject = Votre nouveau mot de passe sur { $site }
mails-generated-here = Voici le nouveau mot de passe de votre compte { $login } sur { $site } :
mails-generated-how = Il remplace l’ancien. Copiez-le en entier : les tirets en font partie. Si vous avez reçu plusieurs e-mails comme celui-ci, seul le plus récent compte.
mails-generated-keep = Vous pouvez le garder, ou choisir le vôtre quand vous voulez :
mails-generated-must-change = Choisissez le vôtre dès maintenant ; cela vous sera demandé à la première connexion :
mails-generated-good-for = Il est valable { $lasting } : choisissez le vôtre avant.
mails-generated-button = Choisir mon mot de passe
mails-generated-delete = Une fois le mot de passe noté, supprimez cet e-mail.
mails-generated-not-me = Vous ne l’avez pas demandé ? Quelqu’un d’autre lit peut-être vos e-mails : changez le mot de passe de votre messagerie, puis demandez-en un nouveau ici.

## L’avis de changement

mails-notice-subject = Votre mot de passe sur { $site } a été changé
mails-notice-changed = Le mot de passe de votre compte { $login } sur { $site } a été changé.
mails-way-own = avec l’ancien mot de passe
mails-way-chosen = avec le lien reçu par e-mail
mails-way-generated = par un mot de passe envoyé par e-mail
mails-way-system = par l’administration du serveur
mails-way-other = par { $name }
mails-notice-was-me = C’était vous ? Il n’y a rien à faire.
mails-notice-not-me = Ce n’était pas vous ? Demandez tout de suite un nouveau mot de passe, et signalez-le :
mails-notice-button = Demander un nouveau mot de passe

## L’essai

mails-test-subject = Essai d’envoi de { $site }
mails-test-works = Cet e-mail est un essai : { $site } peut envoyer des e-mails. Il n’y a rien à faire.
