"""Calls handed to a vendor together, at its price for work that may wait up to a day.

    prepare   rows and reservations, in the caller's transaction
    submit    sent once; before a second try, the vendor is searched for it
    follow    its status; the vendor is told to stop at the deadline
    collect   each answer into the ledger and to the caller, in one transaction; the budgets settle

Beat starts all but `prepare`, again and again, under a lease; each may be killed at any point.
"""
