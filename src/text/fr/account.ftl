# Mon compte. Les noms commencent par « account- ».

account-mail = Adresse e-mail
account-no-mail = Aucune
account-team = Direction
account-no-team = Aucune
account-password-set = Mot de passe changé
account-password-none = Jamais
account-language = Langue des messages
account-french = Français
account-english = Anglais
account-language-site = Celle du site
account-sign-ins = Dernières connexions
account-sign-ins-text = Si vous n’en reconnaissez pas une, changez votre mot de passe et prévenez votre responsable.
account-changes = Derniers changements
account-nothing = Rien pour l’instant.
