# Les pages. Les noms commencent par « pages- ».
