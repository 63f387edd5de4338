# Le journal. Les noms commencent par « trail- ».

trail-title = Journal
trail-file = Télécharger (CSV)
trail-who = Qui
trail-what = Quoi
trail-from = Du
trail-to = Au
trail-day-wrong = Cette date n’existe pas : elle n’a pas été prise en compte.
trail-unknown = Personne ne porte ce nom : ni compte, ni application, ni groupe, ni direction.
trail-none = Rien de tel dans le journal.
trail-looked-to = Rien d’autre depuis le { $time }. La page suivante cherche plus loin.
trail-what-happened = Événement
trail-when = Date
trail-where = Depuis
trail-from-server = le serveur
trail-kind-changes = Modifications
trail-kind-passwords = Mots de passe
trail-kind-access = Connexions
trail-kind-refusals = Refus
trail-kind-all = Tout
trail-times = { $count } fois

# Qui.
trail-actor-server = Le serveur
trail-actor-system = L’administration du serveur
trail-actor-nobody = Quelqu’un qui n’est pas connecté

# Ce qui s’est passé.
trail-bound = { $actor } a ouvert une connexion à l’annuaire
trail-bind-refused = Connexion à l’annuaire refusée pour { $target } : { $reason }
trail-bind-refused-nameless = Connexion à l’annuaire refusée : { $reason }
trail-password-own = { $actor } a changé son mot de passe
trail-password-changed = { $actor } a changé le mot de passe { $of }
trail-secret-changed = { $actor } a renouvelé le secret { $of }
trail-password-own-refused = { $actor } n’a pas pu changer son mot de passe : { $reason }
trail-password-refused = { $actor } n’a pas pu changer le mot de passe { $of } : { $reason }
trail-password-refused-nameless = { $actor } n’a pas pu changer un mot de passe : { $reason }
trail-added = { $actor } a ajouté { $target }
trail-added-with = { $actor } a ajouté { $target } : { $what }
trail-modified = { $actor } a modifié { $target } : { $what }
trail-renamed = { $actor } a renommé { $what } en { $target }
trail-deleted = { $actor } a supprimé { $target }
trail-change-refused = { $actor } n’a pas pu modifier { $target } : { $reason }
trail-reset-requested = Un nouveau mot de passe a été demandé pour { $target }
trail-reset-requested-nameless = Un nouveau mot de passe a été demandé pour un compte qui n’existe pas
trail-reset-refused = Demande de mot de passe sans suite pour { $target } : { $reason }
trail-reset-refused-nameless = Demande de mot de passe sans suite : { $reason }
trail-reset-mailed = Le lien pour choisir un mot de passe a été envoyé à { $target }
trail-reset-chosen = { $target } a choisi un mot de passe grâce au lien reçu
trail-reset-generated = { $target } a demandé un mot de passe tout prêt grâce au lien reçu
trail-reset-revoked = La demande de mot de passe pour { $target } a été annulée par qui l’a reçue
trail-link-refused = Un lien reçu par e-mail n’a pas fonctionné : { $reason }
trail-signed-in = { $actor } a ouvert une session sur ces pages
trail-sign-in-refused = Connexion à ces pages refusée pour { $target } : { $reason }
trail-sign-in-refused-nameless = Connexion à ces pages refusée : { $reason }
trail-signed-out = { $actor } a fermé sa session
trail-mail-given-up = { $what } : l’e-mail pour { $target } n’a pas pu partir
trail-mail-dropped = { $what } : { $actor } a retiré l’e-mail pour { $target }
trail-mail-retried = { $what } : { $actor } a relancé l’e-mail pour { $target }
trail-mail-queued = { $what } : { $actor } a fait écrire à { $target }
trail-sessions-own = { $actor } a fermé toutes ses sessions
trail-sessions-ended = { $actor } a fermé toutes les sessions { $of }
trail-exported = { $actor } a téléchargé le journal
trail-refusals-folded = { $what } refus de plus pour { $actor } en une minute, non détaillés

# Les e-mails.
trail-mail-link = Lien pour choisir un mot de passe
trail-mail-password = Mot de passe tout prêt
trail-mail-notice = Avis de changement de mot de passe
trail-mail-invitation = Invitation
trail-mail-address = Avis de changement d’adresse
trail-mail-address-link = le lien vers une nouvelle adresse

# Ce qui a été modifié.
trail-attribute-surname = nom
trail-attribute-first-name = prénom
trail-attribute-name = nom affiché
trail-attribute-login = identifiant
trail-attribute-mail = adresse e-mail
trail-attribute-telephone = téléphone
trail-attribute-role = niveau d’accès
trail-attribute-team = direction
trail-attribute-state = état
trail-attribute-expiry = date d’expiration
trail-attribute-password = mot de passe
trail-attribute-must-change = mot de passe à changer
trail-attribute-lock = déblocage
trail-attribute-members = membres
trail-attribute-managers = responsables
trail-attribute-description = description
trail-attribute-limit = groupe visible
trail-attribute-grant = droit sur les mots de passe
trail-attribute-language = langue
trail-values-added = { $attribute } : { $after } ajouté
trail-values-removed = { $attribute } : { $before } retiré
trail-values-changed = { $attribute } : { $before } → { $after }
trail-values-more = (et { $count } de plus)

# Pourquoi.
trail-why-unknown-name = nom inconnu
trail-why-wrong-password = mot de passe faux
trail-why-disabled = compte désactivé
trail-why-expired = compte ou mot de passe expiré
trail-why-throttled = trop d’essais
trail-why-no-password = aucun mot de passe défini
trail-why-denied = droits insuffisants
trail-why-policy = mot de passe trop faible
trail-why-old-required = le mot de passe actuel manque
trail-why-must-change = le mot de passe doit d’abord être changé
trail-why-clear = connexion non chiffrée
trail-why-empty = mot de passe vide
trail-why-constraint = demande non valable
trail-why-unknown-entry = rien de tel dans l’annuaire
trail-why-last-administrator = dernier compte d’administration
trail-why-no-mail = aucune adresse e-mail
trail-why-unknown-link = lien inconnu
trail-why-expired-link = lien expiré
trail-why-ended-link = lien déjà utilisé ou remplacé
trail-why-not-offered = possibilité désactivée
trail-why-new-address = adresse e-mail trop récente
