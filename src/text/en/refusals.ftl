# Why a password is not good enough, and what to do. Names begin with "refusals-".
