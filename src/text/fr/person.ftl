# La fiche d’une personne. Les noms commencent par « person- ».

# Les champs.
person-field-first-name = Prénom
person-field-surname = Nom
person-field-login = Identifiant
person-field-mail = Adresse e-mail
person-field-telephone = Téléphone
person-field-role = Niveau d’accès
person-field-team = Direction
person-field-state = État
person-field-expires = Dernier jour d’accès
person-field-must-change = À la prochaine connexion
person-field-password = Nouveau mot de passe
person-field-confirm = Le même, encore une fois
person-login-hint = Il sert à se connecter : si vous le changez, prévenez la personne.
person-login-hint-new = La personne s’en servira pour se connecter.
person-mail-hint = Séparez plusieurs adresses par des virgules. La première reçoit les liens.
person-role-user = Utilisateur
person-role-manager = Responsable
person-role-administrator = Administrateur
person-no-team = Aucune
person-active = Actif
person-disabled = Désactivé
person-expired = Expiré
person-must-change-no = Rien de particulier
person-must-change-yes = Devra choisir un autre mot de passe

# Ce qui est su de la personne.
person-groups = Groupes
person-throttled = Connexion bloquée
person-password-set = Mot de passe défini
person-password-none = Aucun pour l’instant
person-modified = Fiche modifiée

# Le mot de passe.
person-new-password = Donner un nouveau mot de passe
person-new-password-hint = Laissez ces champs vides pour ne pas changer le mot de passe. Mieux vaut envoyer un lien : vous n’aurez pas à connaître le mot de passe.
person-temporary = Devra être changé à la prochaine connexion
person-own-password-hint = Saisissez votre propre mot de passe, car un nouveau mot de passe peut être envoyé à cette adresse. L’ancienne et la nouvelle adresse seront prévenues.
person-own-password-hint-role = Nécessaire pour changer l’adresse e-mail, pour donner le niveau d’accès Responsable ou Administrateur, ou pour définir le mot de passe d’un administrateur : un navigateur resté ouvert n’y suffit pas.
person-own-password-hint-new = Nécessaire pour le niveau d’accès Responsable ou Administrateur : un navigateur resté ouvert n’y suffit pas.

# Les boutons.
person-save = Enregistrer
person-back = Retour à la liste
person-more = Autres actions
person-send-hint = Le mot de passe actuel reste valable tant que la personne n’en a pas choisi un autre, ou que le mot de passe tout prêt n’est pas parti.
person-send-link = Envoyer un lien pour un nouveau mot de passe
person-send-password = Envoyer un mot de passe tout prêt
person-unlock = Débloquer la connexion
person-end-sessions = Déconnecter partout
person-delete-ask = Supprimer cette personne…
person-notice-unlocked = La connexion est débloquée.
person-notice-signed-out = Toutes les sessions de cette personne sont fermées.
person-notice-link-sent = Un lien est en route.
person-notice-password-sent = Un mot de passe tout prêt est en route.
person-notice-added = La personne est ajoutée.
person-notice-invited = La personne est ajoutée, et son invitation est en route.
person-notice-deleted = La personne est supprimée.

# Supprimer.
person-delete-title = Supprimer { $name } ?
person-delete-what = Le compte { $login } disparaît avec son mot de passe, ses groupes et sa direction ; les applications le refusent aussitôt.
person-delete-for-ever = Rien de cela ne pourra être rétabli. Le journal garde la trace de ce qui a été fait.
person-delete-instead = Pour une absence, désactivez plutôt le compte sur la fiche : tout reste en place.
person-delete = Supprimer définitivement

# Une nouvelle personne.
person-new = Nouvelle personne
person-first-password = Premier mot de passe
person-invite = Envoyer une invitation
person-invite-hint = Un message de bienvenue, avec un lien pour choisir son mot de passe.
person-first-password-instead = Ou donnez-lui un mot de passe vous-même : dans ce cas, aucune invitation n’est envoyée.
person-first-password-later = Laissez ces champs vides pour n’en donner un que plus tard.
person-add = Ajouter

# Ce qui ne va pas.
person-missing = Remplissez ce champ.
person-malformed = Écrivez-le sur une seule ligne, sans caractères invisibles.
person-too-long = C’est trop long : raccourcissez.
person-twice = La même valeur est là deux fois : enlevez-en une.
person-too-many = C’est trop : { $most } au plus.
person-surname-missing = Saisissez le nom.
person-login-missing = Saisissez un identifiant.
person-login-malformed = Un identifiant a 64 caractères au plus, sans espaces ni caractères invisibles, sans « / » ni « : », et ne commence pas par un tiret.
person-login-not-plain = N’utilisez que des lettres sans accent, des chiffres, des points, des tirets et des soulignés, en commençant par une lettre ou un chiffre. Pour un autre identifiant, adressez-vous à l’administration.
person-login-reserved = Sur beaucoup de machines, ce nom désigne autre chose : choisissez un autre identifiant, ou adressez-vous à l’administration.
person-login-taken = Cet identifiant est déjà pris, ou c’est l’adresse e-mail de quelqu’un d’autre : choisissez-en un autre.
person-mail-missing = Saisissez une adresse e-mail : l’invitation y sera envoyée.
person-mail-malformed = Écrivez une adresse comme louise.martin@example.org, sans accents.
person-mail-is-login = L’adresse { $mail } est l’identifiant de quelqu’un d’autre : utilisez une autre adresse.
person-telephone-malformed = Écrivez un numéro comme +33 1 23 45 67 89.
person-no-such-team = Il n’y a pas de direction de ce nom : vérifiez comment elle s’écrit.
person-expires-malformed = Écrivez une date comme 2026-12-31, ou laissez le champ vide.
person-expires-past = Ce jour est passé : pour couper l’accès tout de suite, désactivez le compte.
person-changed-meanwhile = Quelqu’un a modifié cette fiche entre-temps : rien n’a été enregistré. Voici ce qu’elle dit maintenant ; refaites vos changements si besoin.
person-last-administrator = C’est le dernier administrateur actif et sans date de fin : donnez d’abord ce niveau d’accès à quelqu’un d’autre.
person-not-invited = Aucune invitation ne peut partir : le compte n’est pas encore actif, ou ce site n’envoie pas de messages. Donnez un mot de passe, ou décochez l’invitation.
person-numbers-used-up = Il n’y a plus de numéro libre pour un nouveau compte : agrandissez la plage posix.uid_max dans la configuration.
person-send-not-offered = Ce site n’envoie pas cela : rien n’est parti.
person-send-not-usable = Ce compte n’est pas actif : rien n’est parti. Réactivez-le d’abord.
person-send-no-address = Il n’y a pas d’adresse e-mail sur cette fiche : rien n’est parti.
person-send-new-address = La personne a changé elle-même son adresse il y a peu : par sécurité, rien n’y est encore envoyé. Donnez-lui un mot de passe, ou enregistrez vous-même l’adresse.
person-send-too-many = Plusieurs messages sont déjà partis pour cette personne : attendez un peu avant d’en envoyer un autre.
