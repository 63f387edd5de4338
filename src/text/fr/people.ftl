# La liste des personnes. Les noms commencent par « people- ».
people-title = Personnes
people-new = Nouvelle personne
people-search = Nom, identifiant ou adresse e-mail
people-name = Nom
people-login = Identifiant
people-mail = Adresse e-mail
people-team = Direction
people-role = Niveau d’accès
people-state = État
people-any-team = Toutes les directions
people-any-role = Tous les niveaux
people-any-state = Tous les états
people-none = Il n’y a encore personne ici.
people-none-found = Personne ne correspond à votre recherche.
people-none-yet = Personne n’a encore été trouvé parmi les fiches parcourues. La recherche continue à la page suivante.
people-none-more = La liste est terminée.
people-everybody = Voir tout le monde
