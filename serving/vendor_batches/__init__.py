"""Calls handed to a vendor together, at its price for work that may wait up to a day.

    prepare   rows and reservations, in the caller's transaction
    submit    once, or found again at the vendor before it is sent a second time
    follow    how does it stand; asked to stop at its deadline
    collect   each answer into the ledger and to the caller, in one transaction; the budgets settle

All but `prepare` are asked for by beat, again and again, under a lease, and may be killed at any point.
"""
