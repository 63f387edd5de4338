# The pages. Names begin with "pages-".
