"""How a workspace of an earlier version becomes one of this version; alembic runs the steps, one file each.

A workspace is made at the present version; these steps are for those that an earlier program made. Where the database
makes its tables within a transaction (SQLite, PostgreSQL) all steps are one with the number that says they were done.
MariaDB and MySQL commit each by itself: there a step must come to the same when it is done again after a kill, and only
ever add, so that what stands half-way is still a workspace of the earlier version.
"""
