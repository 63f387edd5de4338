# Les pages. Les noms commencent par « pages- ».

# Ce qui entoure chaque page.
pages-languages = Langue
pages-signed-in = Session de { $name }
pages-sign-out = Se déconnecter
pages-support = Besoin d’aide ? { $contact }
pages-mail-waits = Des e-mails attendent depuis plus de cinq minutes.
pages-mail-waits-see = Voir pourquoi
pages-problem = Quelque chose ne va pas
pages-problem-title = Erreur :
pages-to-start = Revenir au début
pages-to-sign-in = Aller à la page de connexion
pages-to-account = Aller à mon compte
pages-skip = Aller au contenu
pages-areas = Rubriques
pages-area-account = Mon compte
pages-area-people = Personnes
pages-area-teams = Directions
pages-area-groups = Groupes
pages-area-applications = Applications
pages-area-audit = Journal
pages-area-mail = E-mails

# Ce que beaucoup de pages disent.
pages-cancel = Annuler
pages-filter = Filtrer
pages-pager = Pages de la liste
pages-first-page = Revenir au début de la liste
pages-next-page = Page suivante
pages-notice-saved = Enregistré : { $what }.
pages-notice-unchanged = Rien n’a changé.

# Les champs.
pages-identifier = Identifiant ou adresse e-mail
pages-identifier-missing = Saisissez votre identifiant ou votre adresse e-mail.
pages-identifier-too-long = C’est trop long pour un identifiant ou une adresse e-mail : vérifiez ce que vous avez saisi.
pages-login = Identifiant
pages-password = Mot de passe
pages-password-hint = Au moins { $minimum } caractères. Le plus simple : quatre mots ou plus, sans rapport entre eux. Les espaces et les accents sont permis.
pages-old = Mot de passe actuel
pages-old-missing = Saisissez votre mot de passe actuel.
pages-old-wrong = Ce n’est pas votre mot de passe actuel : saisissez-le de nouveau.
pages-new = Nouveau mot de passe
pages-new-missing = Saisissez un nouveau mot de passe.
pages-confirm = Le même, encore une fois
pages-confirm-differs = Les deux nouveaux mots de passe ne sont pas les mêmes : saisissez-les de nouveau.
pages-confirmation = Confirmez que c’est vous
pages-own-password = Votre mot de passe
pages-own-password-missing = Saisissez votre propre mot de passe : ce changement le demande.
pages-own-password-wrong = Ce n’est pas votre mot de passe : saisissez-le de nouveau.
pages-own-password-throttled = Trop d’essais ont échoué : attendez quelques minutes, puis saisissez de nouveau votre mot de passe.
pages-mail-taken = L’adresse { $mail } est déjà prise : utilisez-en une autre. Seule l’administration permet à deux personnes de partager une adresse.
pages-strength-good = Ce mot de passe convient.
pages-show = Afficher
pages-hide = Masquer

# Se connecter.
pages-sign-in = Se connecter
pages-sign-in-button = Se connecter
pages-sign-in-forgotten = Mot de passe oublié ?
pages-sign-in-request = Demander un nouveau mot de passe
pages-sign-in-missing = Saisissez votre identifiant ou votre adresse e-mail, et votre mot de passe.
pages-sign-in-wrong = L’identifiant ou le mot de passe n’est pas le bon. Vérifiez les majuscules, ou demandez un nouveau mot de passe.
pages-sign-in-throttled = Trop d’essais ont échoué : attendez quelques minutes avant de recommencer, ou demandez un nouveau mot de passe.
pages-sign-in-expired = Ce compte ou ce mot de passe n’est plus valable : demandez un nouveau mot de passe, ou adressez-vous à votre responsable.

# Mon compte et mon mot de passe.
pages-account = Mon compte
pages-password-change = Changer mon mot de passe
pages-password-own = Changer mon mot de passe
pages-password-must = Avant de continuer, choisissez un mot de passe que personne d’autre ne connaît.
pages-password-set = Enregistrer ce mot de passe
pages-changed = Votre mot de passe est changé
pages-changed-text = Le nouveau est valable dès maintenant, pour toutes vos applications.
pages-changed-sessions = Votre session continue ici ; ailleurs, il faudra se connecter de nouveau à ces pages.

# Demander un nouveau mot de passe.
pages-forgot = Demander un nouveau mot de passe
pages-forgot-text = Indiquez votre identifiant ou votre adresse e-mail. Vous recevrez un message avec un lien ; votre mot de passe actuel reste valable en attendant.
pages-forgot-send = Envoyer
pages-forgot-neither = Vous ne connaissez ni l’un ni l’autre ?
pages-forgot-manager = Votre responsable peut vous aider : il ou elle retrouve votre identifiant, et peut changer votre adresse e-mail et votre mot de passe.
pages-no-mails-text = Ce site n’envoie pas de messages. Adressez-vous à votre responsable : il ou elle peut vous donner un nouveau mot de passe.
pages-sent = Regardez votre messagerie
pages-sent-text = Si un compte correspond à ce que vous avez saisi, un message vient de partir vers l’adresse enregistrée pour ce compte. Suivez le lien qu’il contient.
pages-sent-wait = Le message arrive en général en quelques minutes ; regardez aussi les indésirables. Sinon, adressez-vous à votre responsable.
pages-sent-valid = Le lien est valable { $time }.

# La page d’un lien reçu.
pages-link = Un nouveau mot de passe
pages-link-until = Ce lien fonctionne { $time }. Tant que vous n’avez rien confirmé ici, rien ne change.
pages-generated-text = Nous vous envoyons un mot de passe tout prêt, que vous pourrez garder ou changer plus tard. L’ancien reste valable jusqu’à l’envoi du message.
pages-generated-text-must = Nous vous envoyons un mot de passe tout prêt, que vous remplacerez à la première connexion à ces pages. L’ancien reste valable jusqu’à l’envoi du message.
pages-generated-button = Recevoir un nouveau mot de passe
pages-welcome = Bienvenue
pages-welcome-text = Votre compte sur { $site } est prêt. Il ne vous manque qu’un mot de passe.
pages-welcome-generated = Nous vous envoyons un mot de passe tout prêt, que vous pourrez garder ou changer plus tard.
pages-welcome-generated-must = Nous vous envoyons un mot de passe tout prêt, que vous remplacerez à la première connexion à ces pages.
pages-welcome-generated-button = Recevoir un mot de passe
pages-chosen-or = Ou choisissez-le vous-même
pages-generated-sent = Un nouveau mot de passe est en route
pages-generated-sent-text = Il vous est envoyé par e-mail, à la même adresse que le lien.
pages-generated-sent-old = Une fois le message envoyé, l’ancien mot de passe n’est plus valable. S’il y a plusieurs messages, c’est le plus récent qui compte.
pages-chosen-set = Votre nouveau mot de passe est enregistré
pages-chosen-set-text = Il est valable dès maintenant, pour toutes vos applications.
pages-chosen-set-everywhere = Pensez à le changer aussi là où l’ancien était enregistré : téléphone, messagerie, navigateur.
pages-link-new = Demander un nouveau lien
pages-link-unknown = Ce lien n’est pas le bon
pages-link-unknown-text = Peut-être n’a-t-il pas été copié en entier, ou le navigateur n’accepte-t-il pas les cookies. Ouvrez le lien du dernier message que vous avez reçu, ou demandez-en un nouveau.
pages-link-expired = Ce lien n’est plus valable
pages-link-expired-text = Sa durée est écoulée. Votre mot de passe n’a pas changé ; demandez un nouveau lien, il arrive en quelques minutes.
pages-link-used = Ce lien a déjà servi
pages-link-used-text = Si c’était vous à l’instant, tout va bien : regardez votre messagerie. Si ce n’était pas vous, demandez tout de suite un nouveau mot de passe et prévenez votre responsable. Un lien ne sert qu’une fois.
pages-link-replaced = Ce lien a été remplacé
pages-link-replaced-text = Un lien plus récent a été envoyé, ou le mot de passe a changé depuis. Ouvrez le lien du dernier message, ou demandez-en un nouveau.
pages-link-revoked = Ce lien a été annulé
pages-link-revoked-text = Quelqu’un a répondu « ce n’était pas moi » au message qui le contenait. Votre mot de passe n’a pas été changé par ce lien.
pages-link-another = Ce formulaire vient d’un autre lien
pages-link-another-text = Entre-temps, le lien d’un autre compte a été ouvert dans ce navigateur : rien n’a été fait. Ouvrez de nouveau le lien du message.

# Ce n’était pas moi.
pages-not-me = Ce n’était pas vous ?
pages-not-me-text = Quelqu’un a demandé un nouveau mot de passe pour ce compte. Si ce n’était pas vous, annulez la demande : le lien envoyé ne fonctionnera plus, et votre mot de passe reste le même.
pages-not-me-welcome-title = Ce compte n’est pas pour vous ?
pages-not-me-welcome = Un compte a été créé à votre adresse e-mail. S’il n’est pas pour vous, refusez l’invitation : le lien envoyé ne fonctionnera plus.
pages-not-me-welcome-button = Refuser l’invitation
pages-not-me-welcome-otherwise = S’il est pour vous, fermez simplement cette page : le lien reste valable.
pages-not-me-button = Annuler la demande
pages-not-me-otherwise = Si c’était vous, fermez simplement cette page : le lien reste valable.
pages-not-me-done = La demande est annulée
pages-not-me-done-text = Le lien ne fonctionne plus, et votre mot de passe n’a pas changé.
pages-not-me-done-again = Si cela se reproduit, parlez-en à votre responsable.
pages-not-me-over = Il n’y a plus rien à annuler
pages-not-me-over-text = Ce lien n’est plus valable, a été remplacé, ou le mot de passe a changé depuis. Si vous recevez un message disant que votre mot de passe a changé et que ce n’était pas vous, demandez-en tout de suite un nouveau et prévenez votre responsable.

# Ce qui est dit à la place d’une page.
pages-fault-malformed = Cette demande n’est pas lisible
pages-fault-malformed-text = Le navigateur a envoyé quelque chose d’inattendu. Revenez à la page et essayez encore une fois.
pages-fault-forged = Cette page est restée ouverte trop longtemps
pages-fault-forged-text = Par sécurité, rien n’a été fait. Ouvrez la page de nouveau et recommencez ; si cela se répète, vérifiez que le navigateur accepte les cookies de ce site.
pages-fault-denied = Ce n’est pas à vous de changer cela
pages-fault-denied-text = Rien n’a été fait. Si ce changement est nécessaire, demandez-le à votre responsable ou à un administrateur.
pages-fault-not-found = Cette page n’existe pas
pages-fault-not-found-text = Vérifiez l’adresse, ou revenez au début.
pages-fault-method = Cette page ne s’ouvre pas ainsi
pages-fault-method-text = Rien n’a été fait. Revenez au début.
pages-fault-slow = La demande a mis trop de temps
pages-fault-slow-text = La connexion est peut-être mauvaise. Essayez encore une fois.
pages-fault-too-large = C’est trop long
pages-fault-too-large-text = Ce qui a été envoyé est plus long que tout ce que ces pages demandent. Revenez à la page et essayez encore une fois.
pages-fault-misdirected = Ce site n’est pas ici
pages-fault-misdirected-text = L’adresse demandée n’est pas celle de ce site. Vérifiez-la dans la barre d’adresse.
pages-fault-busy = Beaucoup de monde en ce moment
pages-fault-busy-text = Rien n’a été fait. Attendez quelques instants, puis essayez encore une fois.
pages-fault-unavailable = Le service ne répond pas en ce moment
pages-fault-unavailable-text = Attendez quelques minutes, puis essayez encore une fois. Si cela dure, prévenez votre service informatique.
