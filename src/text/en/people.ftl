# The list of people. Names begin with "people-".
people-title = People
people-new = New person
people-search = Name, login or email address
people-name = Name
people-login = Login
people-mail = Email address
people-team = Team
people-role = Access level
people-state = State
people-any-team = All teams
people-any-role = All levels
people-any-state = All states
people-none = There is nobody here yet.
people-none-found = Nobody was found.
people-none-yet = Nobody was found so far, among the people looked at. The search goes on on the next page.
people-none-more = That was everybody.
people-everybody = Show everybody
