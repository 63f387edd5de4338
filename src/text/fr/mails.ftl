# Les courriels. Les noms commencent par « mails- ».
mails-greeting = Bonjour { $name },
