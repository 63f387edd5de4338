# Groups and teams. Names begin with “groups-”.

# The lists.
groups-list = Groups
groups-teams-list = Teams
groups-none = There is no such group.
groups-teams-none = There is no such team.
groups-beginning = The name begins with
groups-over = more than { $count }
groups-nobody = nobody

# The sheet.
groups-field-name = Name
groups-field-description = Description
groups-description-hint = Optional: what it is for.
groups-save = Save name and description
groups-person-name = Name
groups-person-login = Login
groups-members = Members
groups-members-none = Nobody is in it yet.
groups-managers = Managers
groups-managers-text = Managers see the members of this team, and can change their password and their email address.
groups-managers-none = Nobody looks after it yet.
groups-not-a-manager = Does not have the role of manager: without it, this has no effect.
groups-add = Add
groups-add-members = Add members, by login
groups-add-managers = Add managers, by login
groups-add-hint = Put commas between several logins.
groups-remove = Remove
groups-remove-member = Remove { $name } from the members
groups-remove-manager = Remove { $name } from the managers
groups-back = All groups
groups-teams-back = All teams

# Making one.
groups-new = New group
groups-teams-new = New team
groups-create = Create the group
groups-teams-create = Create the team
groups-name-hint = This is the name that applications know, for example “accounting”.
groups-teams-name-hint = For example “Human resources”.
groups-notice-created = The group has been created. You can add members to it.
groups-notice-team-created = The team has been created. You can add managers and members to it.
groups-notice-added = Done: the list is up to date.
groups-notice-removed = Done: the person has been removed.

# Deleting one.
groups-delete = Delete the group
groups-teams-delete = Delete the team
groups-delete-title = Delete the group { $name }?
groups-teams-delete-title = Delete the team { $name }?
groups-delete-members = Members concerned: { $count }. Their accounts stay.
groups-delete-text = Applications that give rights to this group will give them to nobody any more, and an application that is limited to this group will see nobody. A group that is made again with the same name will be empty.
groups-teams-delete-text = Its members will be in no team, and its managers will no longer be able to do anything for them. A team that is made again with the same name will be empty.
groups-notice-deleted = The group has been deleted.
groups-notice-team-deleted = The team has been deleted.

# What is wrong.
groups-changed = Somebody else has changed this sheet in the meantime: nothing was saved. These are the values as they are now; start over if need be.
groups-name-missing = Type a name.
groups-name-malformed = This name cannot be used: at most 128 characters, without slashes, colons and invisible characters, and without a hyphen at the beginning.
groups-name-taken = This name is taken: choose another one.
groups-description-wrong = This description cannot be used: a single line of at most 500 bytes.
groups-nobody-named = Type at least one login.
groups-too-many-named = At most { $count } logins at a time: add them in several steps.
groups-no-such-person = Nobody has the login “{ $login }”: check it.
groups-already = “{ $login }” is there already: take this login out of the list.
groups-in-other-team = “{ $login }” is in the team “{ $team }”, and nobody is in two: change the team on their sheet.
groups-too-many-groups = “{ $login }” is in too many groups already: remove them from another group first.
groups-too-many-managers = A team has at most sixteen managers: remove one first.
groups-too-many-owned = “{ $login }” looks after too many teams already.
groups-numbers-used-up = All group numbers have been given out: the server’s administrator can raise posix.gid_max.
