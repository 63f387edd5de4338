# Les groupes et les directions. Les noms commencent par « groups- ».

# Les listes.
groups-list = Groupes
groups-teams-list = Directions
groups-none = Aucun groupe ne correspond.
groups-teams-none = Aucune direction ne correspond.
groups-beginning = Le nom commence par
groups-over = plus de { $count }
groups-nobody = personne

# La fiche.
groups-field-name = Nom
groups-field-description = Description
groups-description-hint = Facultatif : à quoi sert ce nom.
groups-save = Enregistrer le nom et la description
groups-person-name = Nom
groups-person-login = Identifiant
groups-members = Membres
groups-members-none = Personne n’en fait partie pour le moment.
groups-managers = Responsables
groups-managers-text = Les responsables voient les membres de cette direction, et peuvent changer leur mot de passe et leur adresse e-mail.
groups-managers-none = Personne n’en est responsable pour le moment.
groups-not-a-manager = N’a pas le rôle de responsable : sans lui, cette désignation reste sans effet.
groups-add = Ajouter
groups-add-members = Ajouter des membres, par identifiant
groups-add-managers = Ajouter des responsables, par identifiant
groups-add-hint = Séparez plusieurs identifiants par des virgules.
groups-remove = Retirer
groups-remove-member = Retirer { $name } des membres
groups-remove-manager = Retirer { $name } des responsables
groups-back = Tous les groupes
groups-teams-back = Toutes les directions

# Créer.
groups-new = Nouveau groupe
groups-teams-new = Nouvelle direction
groups-create = Créer le groupe
groups-teams-create = Créer la direction
groups-name-hint = C’est le nom que les applications connaissent, par exemple « compta ».
groups-teams-name-hint = Par exemple « Ressources humaines ».
groups-notice-created = Le groupe est créé. Vous pouvez y ajouter des membres.
groups-notice-team-created = La direction est créée. Vous pouvez y ajouter des responsables et des membres.
groups-notice-added = C’est fait : la liste est à jour.
groups-notice-removed = C’est fait : la personne a été retirée.

# Supprimer.
groups-delete = Supprimer le groupe
groups-teams-delete = Supprimer la direction
groups-delete-title = Supprimer le groupe { $name } ?
groups-teams-delete-title = Supprimer la direction { $name } ?
groups-delete-members = Membres concernés : { $count }. Leurs comptes restent.
groups-delete-text = Les applications qui donnent des droits à ce groupe ne les donneront plus à personne, et une application limitée à ce groupe ne verra plus personne. Un groupe recréé sous le même nom sera vide.
groups-teams-delete-text = Ses membres n’auront plus de direction, et ses responsables ne pourront plus rien pour eux. Une direction recréée sous le même nom sera vide.
groups-notice-deleted = Le groupe est supprimé.
groups-notice-team-deleted = La direction est supprimée.

# Ce qui ne va pas.
groups-changed = Quelqu’un d’autre a changé cette fiche entre-temps : rien n’a été enregistré. Voici les valeurs actuelles ; recommencez si besoin.
groups-name-missing = Saisissez un nom.
groups-name-malformed = Ce nom ne convient pas : 128 caractères au plus, sans barre oblique, deux-points ni caractères invisibles, et sans tiret au début.
groups-name-taken = Ce nom est déjà pris : choisissez-en un autre.
groups-description-wrong = Cette description ne convient pas : une seule ligne, de 500 octets au plus.
groups-nobody-named = Saisissez au moins un identifiant.
groups-too-many-named = { $count } identifiants à la fois au plus : ajoutez-les en plusieurs fois.
groups-no-such-person = Personne n’a l’identifiant « { $login } » : vérifiez-le.
groups-already = « { $login } » y est déjà : retirez cet identifiant de la liste.
groups-in-other-team = « { $login } » est dans la direction « { $team } », et on ne peut être que dans une seule : changez de direction sur sa fiche.
groups-too-many-groups = « { $login } » est déjà dans trop de groupes : retirez cette personne d’un autre groupe d’abord.
groups-too-many-managers = Une direction a seize responsables au plus : retirez quelqu’un d’abord.
groups-too-many-owned = « { $login } » est déjà responsable de trop de directions.
groups-numbers-used-up = Tous les numéros de groupe sont attribués : l’administrateur du serveur peut augmenter posix.gid_max.
