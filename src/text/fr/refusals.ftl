# Pourquoi un mot de passe ne convient pas, et que faire. Les noms commencent par « refusals- ».
