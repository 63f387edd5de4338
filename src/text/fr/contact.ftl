# Ses propres adresses e-mail et numéros de téléphone. Les noms commencent par « contact- ».
contact-title = Mes coordonnées
contact-title-mail = Mon adresse e-mail
contact-title-telephone = Mon téléphone
contact-field-mail = Adresse e-mail
contact-field-telephone = Téléphone
contact-mail-hint = S’il y en a plusieurs, séparez-les par des virgules. Les anciennes adresses et les nouvelles sont averties du changement.
contact-mail-hint-wait = S’il y en a plusieurs, séparez-les par des virgules. Les anciennes adresses et les nouvelles sont averties du changement. Une nouvelle adresse ne permet de demander un mot de passe qu’au bout de { $time }.
contact-password = Votre mot de passe
contact-password-hint = Demandé seulement si l’adresse e-mail change.
contact-password-missing = Pour changer l’adresse e-mail, saisissez aussi votre mot de passe.
contact-save = Enregistrer
contact-changed = Vos coordonnées ont changé entre-temps : voici celles d’à présent. Refaites votre changement s’il le faut encore.
contact-mail-is-login = { $mail } est l’identifiant de quelqu’un d’autre : indiquez une autre adresse.
contact-mail-malformed = Cela ne ressemble pas à une adresse e-mail : vérifiez-la, par exemple louise.martin@exemple.fr.
contact-telephone-malformed = Cela ne ressemble pas à un numéro de téléphone : vérifiez-le, par exemple +33 1 23 45 67 89.
contact-twice = La même valeur est indiquée deux fois : une fois suffit.
contact-too-many = { $most } au plus : enlevez-en.
