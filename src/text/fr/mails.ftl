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
mails-fact-who = Par
mails-fact-login = Identifiant
mails-who-owner = vous-même
mails-who-system = l’administration du serveur
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

## Le lien qu’une autre personne envoie

mails-sent = Pour votre compte { $login } sur { $site }, { $name } vous envoie un lien vers un nouveau mot de passe. Ouvrez-le :
mails-sent-not-me = Vous ne l’attendiez pas ? Sans confirmation, rien ne change. Vous pouvez aussi annuler ce lien :
mails-sent-not-me-button = Annuler ce lien

## L’invitation

mails-welcome-subject = Bienvenue sur { $site }
mails-welcome = Bienvenue ! Un compte a été créé pour vous sur { $site }.
mails-welcome-open = Il ne vous manque que le mot de passe. Pour l’obtenir, ouvrez ce lien :
mails-welcome-button = Obtenir mon mot de passe
mails-welcome-validity = Valable { $lasting }, { $until }. Passé ce délai, demandez un autre lien avec votre identifiant :
mails-welcome-again-button = Demander un autre lien
mails-welcome-not-me = Ce compte n’est pas pour vous ? Refusez l’invitation, et son lien ne fonctionnera plus :
mails-welcome-not-me-button = Refuser l’invitation

## Le mot de passe généré

mails-generated-subject = Votre nouveau mot de passe sur { $site }
mails-generated-subject-first = Votre mot de passe sur { $site }
mails-generated-here = Voici le nouveau mot de passe de votre compte { $login } sur { $site } :
mails-generated-here-first = Voici le mot de passe de votre compte { $login } sur { $site } :
mails-generated-replaces = Il remplace l’ancien.
mails-generated-how = Copiez-le en entier : les tirets en font partie. Si vous avez reçu plusieurs e-mails comme celui-ci, seul le plus récent compte.
mails-generated-keep = Vous pouvez le garder, ou choisir le vôtre quand vous voulez :
mails-generated-must-change = Choisissez le vôtre dès maintenant ; cela vous sera demandé à la première connexion :
mails-generated-good-for = Il est valable { $lasting } : choisissez le vôtre avant.
mails-generated-button = Choisir mon mot de passe
mails-generated-delete = Une fois le mot de passe noté, supprimez cet e-mail.
mails-generated-not-me = Vous ne l’avez pas demandé ? Quelqu’un d’autre lit peut-être vos e-mails : changez le mot de passe de votre messagerie, puis demandez-en un nouveau ici.

mails-generated-not-expected = Vous ne l’attendiez pas ? Parlez-en à votre responsable.

## L’avis de changement

mails-notice-subject = Votre mot de passe sur { $site } a été changé
mails-notice-changed = Le mot de passe de votre compte { $login } sur { $site } a été changé.
mails-way-own = avec l’ancien mot de passe
mails-way-chosen = avec le lien reçu par e-mail
mails-way-generated = par un mot de passe envoyé par e-mail
mails-way-sent = par un mot de passe que { $name } vous a fait envoyer
mails-way-system = par l’administration du serveur
mails-way-other = par { $name }
mails-notice-was-me = C’était vous ? Il n’y a rien à faire.
mails-notice-not-me = Ce n’était pas vous ? Demandez tout de suite un nouveau mot de passe, et signalez-le :
mails-notice-button = Demander un nouveau mot de passe

## L’avis aux adresses

mails-address-subject = Changement d’adresse e-mail sur { $site }
mails-address-removed = Cette adresse e-mail n’est plus celle de votre compte { $login } sur { $site }.
mails-address-added = Cette adresse e-mail est désormais celle du compte { $login } sur { $site }.
mails-address-kept = Les adresses e-mail de votre compte { $login } sur { $site } ont changé ; celle-ci reste.
mails-address-was-me = Vous êtes au courant ? Il n’y a rien à faire.
mails-address-not-me = Vous n’êtes pas au courant ? Prévenez tout de suite votre responsable : avec une adresse e-mail, on peut demander un nouveau mot de passe.
mails-address-not-mine = Ce compte n’est pas le vôtre ? C’est sans doute une erreur de saisie : signalez-la, ou ne tenez pas compte de cet e-mail.

## Le lien vers une nouvelle adresse

mails-confirm-subject = Confirmez votre adresse e-mail sur { $site }
mails-confirm = Cette adresse e-mail a été donnée pour le compte { $login } sur { $site }. Pour qu’elle compte, connectez-vous et confirmez-la :
mails-confirm-button = Confirmer cette adresse
mails-confirm-validity = Valable { $lasting }, { $until }. Tant que vous n’avez pas confirmé sur la page, rien ne change.
mails-confirm-not-me = Ce compte n’est pas le vôtre ? Il n’y a rien à faire : quelqu’un a sans doute mal saisi une adresse, et sans vous elle ne compte pas.

## L’essai

mails-test-subject = Essai d’envoi de { $site }
mails-test-works = Cet e-mail est un essai : { $site } peut envoyer des e-mails. Il n’y a rien à faire.
